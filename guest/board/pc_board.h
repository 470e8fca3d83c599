/*
 * The board `pc`: the devices of guest/board/pc/pc.h, with memory under EPT, time
 * by the TSC, and what they say gathered for people. Each guest has a struct
 * pc_board of its own; nothing in it is the machine's.
 *
 * Its time stands still while the guest does not run, and goes on at the
 * machine's pace while it does, halted or not. On the guest's core.
 */
#pragma once

#include "guest/board/board.h"
#include "guest/board/pc/pc.h"
#include "lib/types.h"

#define PC_LOG_BYTES 32768u /* of the debug port, the last ones */
#define PC_LINE_BYTES 256u

/* Pages of which a look at the registers must tell what is there. */
#define PC_FIRST_MOVABLE_PAGE (VGA_WINDOW_FIRST >> PAGE_SHIFT)
#define PC_END_MOVABLE_PAGE (GUEST_RAM_END >> PAGE_SHIFT)
#define PC_MOVABLE_PAGES (PC_END_MOVABLE_PAGE - PC_FIRST_MOVABLE_PAGE)

struct pc_board {
	struct pc pc;
	struct board *board;
	/* The time when the present run began, and now while there is none. */
	u64 base;
	bool running;
	u64 next_look; /* when goes_on() is to be asked */
	u64 tsc_hz;
	/* Of the clock for one of the TSC's ticks, times 2^32. */
	u64 ticks_per_tsc;
	/* What the guest finds in each of those pages, and may do there. */
	struct pc_page {
		const u8 *at;
		u32 access;
	} page[PC_MOVABLE_PAGES];
	u32 frame_buffer; /* where it is mapped, or 0 */
	int map_error;	  /* the tables are not as they should be */
	u32 log_used;	  /* bytes ever written */
	char log[PC_LOG_BYTES];
	u32 line_used;
	char line[PC_LINE_BYTES]; /* of the serial port, not ended yet */
	/* Its owner's: told of each line that is complete ... */
	void (*on_line)(void *context, const char *line);
	/* ... and asked now and then whether the run is to go on. */
	bool (*goes_on)(void *context);
	void *context;
};

/*
 * Makes the PC around the guest of that board, whose guest_memory is under EPT
 * and empty. 0 or an error of ept_map(). The parts stay as long as the guest.
 */
int pc_board_attach(struct pc_board *pcb, struct board *board,
		    const struct pc_parts *parts);

/* The guest's processor is reset as well: what is where begins anew. */
void pc_board_reset(struct pc_board *pcb);

/* Lets the devices do what is due, and asks for the next call. */
void pc_board_advance(struct pc_board *pcb);

/* Whether the run is to go on, as far as its owner says. */
bool pc_board_goes_on(struct pc_board *pcb);

static inline struct pc_board *pc_board_of(const struct board *board)
{
	return (struct pc_board *)board->pc;
}
