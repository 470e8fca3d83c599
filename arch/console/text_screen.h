/*
 * A text screen in RAM: the truth about what is to be seen, so that showing it
 * never has to read it back. Each cell is a character with its attribute above,
 * as the VGA has it. Pure.
 *
 * Where showing is dear, rows need not move up one by one: while text comes in a
 * burst, the screen jumps by more and more of them, up to half of it, which
 * leaves empty rows below. text_screen_settle() fills them from above.
 */
#pragma once

#include "lib/types.h"

#define TEXT_SCREEN_CELLS 24576u
/* Cells are shown by so many: 64 bits of VGA memory. */
#define TEXT_SCREEN_GROUP 4u

struct text_cursor {
	u32 row;
	u32 col;
};

struct text_screen {
	u32 cols, rows;
	u32 kept_rows; /* in the ring of cell[]: those shown, and some above */
	u32 top;       /* the row of cell[] that is the first on the screen */
	u32 above;     /* rows of the ring before it that were shown once */
	u32 ahead;     /* the last rows, which a jump has left empty */
	u32 jump, jump_max; /* rows that move up next, and at most */
	struct text_cursor cursor;
	u32 written_first, written_end; /* rows that may differ from shown[] */
	u16 cell[TEXT_SCREEN_CELLS];
	u16 shown[TEXT_SCREEN_CELLS]; /* what the device has, row by row */
};

/*
 * cols * rows of TEXT_SCREEN_CELLS at most. What is on it is not changed. Rows
 * move up one by one.
 */
void text_screen_resize(struct text_screen *screen, u32 cols, u32 rows);

/* The same, but empty, as the device is; and text in bursts makes it jump. */
void text_screen_start_jumping(struct text_screen *screen, u32 cols, u32 rows);

/*
 * The row as the device has it, whoever wrote it: cols cells. To be told of all
 * rows after anybody else may have written to the device. Not of a screen that
 * jumps.
 */
void text_screen_load(struct text_screen *screen, u32 row, const u16 *cells);

/* The device has been cleared: all that is not blank is to be shown again. */
void text_screen_forget_shown(struct text_screen *screen);

/*
 * Writes n characters at the cursor and moves it; at the end of the last row all
 * rows move up. Knows \n \r \b \t \a; other control and non-ASCII bytes become
 * '.'. attribute is in the upper byte.
 */
void text_screen_write(struct text_screen *screen, const char *text, size_t n,
		       u16 attribute);

/* What came in a burst is over: no rows are left empty below the cursor's. */
void text_screen_settle(struct text_screen *screen);

typedef void (*text_screen_device)(void *ctx, u32 row, u32 col,
				   const u16 *cells, u32 count);

/*
 * Hands out what the device does not show yet, in groups that begin in a row at
 * multiples of TEXT_SCREEN_GROUP and end there or with the row: at most one a
 * changed cell. From then on it counts as shown.
 */
void text_screen_show(struct text_screen *screen, text_screen_device show,
		      void *ctx);

/* The same of other cells, cols of them, that are to be seen in that row. */
void text_screen_show_instead(struct text_screen *screen, u32 row,
			      const u16 *cells, text_screen_device show,
			      void *ctx);

/* Any row may have been shown otherwise. */
void text_screen_look_at_all(struct text_screen *screen);

/* What the device shows there. */
u16 text_screen_shown(const struct text_screen *screen, struct text_cursor at);
