/*
 * The rows that a text makes on a screen of so many columns, one after the
 * other, of a text of any length that comes in pieces. Pure.
 */
#pragma once

#include "lib/types.h"

#define TEXT_ROWS_COLS_MAX 512u

struct text_rows {
	u32 cols;		      /* TEXT_ROWS_COLS_MAX at most */
	u32 col;		      /* where the next character goes */
	u32 row;		      /* and in which row: 0, 1, 2 ... */
	u16 cell[TEXT_ROWS_COLS_MAX]; /* the row so far, grey on black */
};

void text_rows_start(struct text_rows *rows, u32 cols);

/*
 * Takes n characters, as text_screen_write() does, and hands out each row when
 * it is complete; ready may be NULL. The last one is in rows->cell.
 */
void text_rows_feed(struct text_rows *rows, const char *text, size_t n,
		    void (*ready)(void *ctx, u32 row, const u16 *cells),
		    void *ctx);
