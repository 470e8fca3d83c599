/* Lays a text out, row by row. Pure. */
/* build: pure */
#include "arch/console/text_rows.h"

#include "lib/str.h"

#define GREY_ON_BLACK 0x0700u
#define TAB_COLUMNS 8u

static void begin_row(struct text_rows *rows)
{
	rows->col = 0;
	for (u32 col = 0; col < rows->cols; col++) {
		rows->cell[col] = GREY_ON_BLACK | ' ';
	}
}

void text_rows_start(struct text_rows *rows, u32 cols)
{
	rows->cols = MIN(cols, TEXT_ROWS_COLS_MAX);
	rows->row = 0;
	begin_row(rows);
}

/* True if the row is complete. */
static bool put_cell(struct text_rows *rows, char c)
{
	rows->cell[rows->col++] = (u16)(GREY_ON_BLACK | (u8)c);
	return rows->col == rows->cols;
}

static bool put_tab(struct text_rows *rows)
{
	bool full;

	do {
		full = put_cell(rows, ' ');
	} while (!full && rows->col % TAB_COLUMNS != 0);
	return full;
}

static bool put_char(struct text_rows *rows, char c)
{
	switch (c) {
	case '\n':
		return true;
	case '\r':
		rows->col = 0;
		return false;
	case '\b':
		rows->col -= rows->col > 0;
		return false;
	case '\a':
		return false;
	case '\t':
		return put_tab(rows);
	default:
		return put_cell(rows, str_is_print(c) ? c : '.');
	}
}

void text_rows_feed(struct text_rows *rows, const char *text, size_t n,
		    void (*ready)(void *ctx, u32 row, const u16 *cells),
		    void *ctx)
{
	for (size_t i = 0; i < n; i++) {
		if (put_char(rows, text[i])) {
			if (ready != NULL) {
				ready(ctx, rows->row, rows->cell);
			}
			rows->row++;
			begin_row(rows);
		}
	}
}
