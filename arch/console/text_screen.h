/*
 * A text screen in RAM: the truth about what is to be seen, so that showing it
 * never has to read it back. Each cell is a character with its attribute above,
 * as the VGA has it. Pure.
 */
#pragma once

#include "lib/types.h"

#define TEXT_SCREEN_CELLS 16384u /* as many as 32 KiB hold */
/* Cells are shown by so many: 64 bits of VGA memory. */
#define TEXT_SCREEN_GROUP 4u

struct text_cursor {
	u32 row;
	u32 col;
};

struct text_screen {
	u32 cols, rows;
	u32 top; /* the row of cell[] that is the first on the screen */
	struct text_cursor cursor;
	u32 written_first, written_end; /* rows that may differ from shown[] */
	u16 cell[TEXT_SCREEN_CELLS];  /* from row `top` on, in a ring of rows */
	u16 shown[TEXT_SCREEN_CELLS]; /* what the device has, row by row */
};

/* cols * rows of TEXT_SCREEN_CELLS at most. What is on it is not changed. */
void text_screen_resize(struct text_screen *screen, u32 cols, u32 rows);

/*
 * The row as the device has it, whoever wrote it: cols cells. To be told of all
 * rows after anybody else may have written to the device.
 */
void text_screen_load(struct text_screen *screen, u32 row, const u16 *cells);

/*
 * Writes n characters at the cursor and moves it; at the end of the last row all
 * rows move up. Knows \n \r \b \t \a; other control and non-ASCII bytes become
 * '.'. attribute is in the upper byte.
 */
void text_screen_write(struct text_screen *screen, const char *text, size_t n,
		       u16 attribute);

/*
 * Hands out what the device does not show yet, in groups that begin in a row at
 * multiples of TEXT_SCREEN_GROUP and end there or with the row: at most one a
 * changed cell. From then on it counts as shown.
 */
void text_screen_show(struct text_screen *screen,
		      void (*show)(void *ctx, u32 row, u32 col,
				   const u16 *cells, u32 count),
		      void *ctx);
