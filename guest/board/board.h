/*
 * What stands around a guest's processor: RAM, I/O ports, the source of
 * interrupts, MSRs of the platform. A kind of board is one const struct; each
 * guest has a struct board of its own. A board does not know which engine runs
 * the guest's code.
 *
 *	machine		the machine's own: low memory, devices, PIC interrupts.
 *			One guest at a time has it, on the boot core
 *	private		low memory is the guest's, all else the machine's; no
 *			interrupts
  *	isolated	nothing of the machine's: for code that nobody trusts
 *	bare		the board of 64-bit programs: guest/board/bare.c
 *	pc		a PC of our own: guest/board/pc_board.h
 */
#pragma once

#include "guest/board/bus.h"
#include "guest/board/guest_uart.h"
#include "guest/board/machine_ports.h"
#include "guest/memory/guest_memory.h"
#include "lib/types.h"

struct board;
struct pc;
struct vcpu;

/* Interrupt lines that lead to the guest; see struct board's `waiting`. */
struct board_lines {
	/* Acknowledges the first interrupt that waits; *line is its line. */
	u8 (*take)(struct board *board, u8 *line);
	/* With the guest halted: returns when one may wait, or after us. */
	void (*wait)(struct board *board, u32 us);
};

struct board_kind {
	const char *name; /* in commands and in what they print */
	const struct guest_memory_plan *memory; /* for 16-bit guests */
	/* Or NULL: once, before the first board. 0 or an error. */
	int (*setup)(void);
	/* Completes a board whose kind, vcpu and memory are set. */
	void (*init)(struct board *board);
	/*
	 * Each or NULL: gives the machine's devices to the guest for a run,
	 * puts them right if it was broken off, and takes them back.
	 */
	void (*lend)(void);
	void (*repair)(struct board *board);
	void (*take_back)(void);
	/* Each or NULL: around a run, with the guest loaded. */
	void (*begin)(struct board *board);
	void (*end)(struct board *board);
	/* NULL where no interrupt ever comes. */
	const struct board_lines *lines;
	/*
	 * MSRs that no engine has of its own; NULL: guest/board/msr_policy.h.
	 * False: the guest gets a #GP.
	 */
	bool (*read_msr)(u32 msr, u64 *value);
	bool (*write_msr)(u32 msr, u64 value);
	/* The board lends devices, and so is on the boot core only. */
	bool on_boot_core;
};

struct board {
	struct pc *pc; /* first, for its ports; of board pc, else NULL */
	const struct board_kind *kind;
	struct vcpu *vcpu;
	struct guest_memory *memory; /* a 16-bit guest's, else NULL */
	const struct port_bus *ports;
	const struct memory_bus *mmio; /* NULL: as guest_memory has it */
	/* Two pages of bits: ports that exit. NULL: they all do. */
	const void *io_bitmaps;
	const u32 *waiting; /* not 0: an interrupt waits; NULL without lines */
	struct guest_uart uart;
	struct machine_ports machine; /* of the machine's ports, its own part */
};

extern const struct board_kind board_machine, board_private, board_isolated,
	board_bare, board_pc;

/* The boards for 16-bit guests; ends with NULL. */
extern const struct board_kind *const boards[];

/* The place of a board in that list. */
#define BOARDS 4
unsigned board_index(const struct board_kind *kind);

/* Once, before the first board. 0, ERR_NO_MEMORY or ERR_FULL. */
int boards_init(void);

/* A new board of that kind, for this vcpu and memory. */
void board_init(struct board *board, const struct board_kind *kind,
		struct vcpu *vcpu, struct guest_memory *memory);

/* Resets the state of the board's devices; its memory is not changed. */
void board_reset(struct board *board);

/* RDMSR and WRMSR, as struct board_kind has them. */
bool board_read_msr(const struct board *board, u32 msr, u64 *value);
bool board_write_msr(const struct board *board, u32 msr, u64 value);

/*
 * The guest's access to any port, as port_bus_in() and port_bus_out() have it.
 * Out: false if it ended the run, by vcpu_stop().
 */
static inline u32 board_in(struct board *board, u16 port, u8 bytes)
{
	return port_bus_in(board->ports, board, port, bytes);
}

static inline bool board_out(struct board *board, u16 port, u8 bytes, u32 value)
{
	return port_bus_out(board->ports, board, port, bytes, value);
}

/* At most 8 bytes at an address without memory; of a board with mmio. */
static inline u64 board_read_mmio(struct board *board, u64 at, u8 bytes)
{
	return memory_bus_at(board->mmio, at)->read(board, at, bytes);
}

static inline bool board_write_mmio(struct board *board, u64 at, u8 bytes,
				    u64 value)
{
	return memory_bus_at(board->mmio, at)->write(board, at, bytes, value);
}

static inline bool board_has_lines(const struct board *board)
{
	return board->waiting != NULL;
}

/* Of a board with lines. */
static inline bool board_interrupt_waits(const struct board *board)
{
	return *board->waiting != 0;
}
