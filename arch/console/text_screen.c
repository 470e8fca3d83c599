/* Characters, the cursor, and rows that move up. Pure. */
/* build: pure */
#include "arch/console/text_screen.h"

#include "lib/str.h"
#include "lib/string.h"

#define GREY_ON_BLACK 0x0700u
#define BLANK (GREY_ON_BLACK | ' ')
#define TAB_COLUMNS 8u

void text_screen_resize(struct text_screen *screen, u32 cols, u32 rows)
{
	screen->cols = cols;
	screen->rows = rows;
	screen->top = 0;
	screen->cursor = (struct text_cursor){ 0 };
	screen->written_first = rows;
	screen->written_end = 0;
}

static u16 *row_cells(struct text_screen *screen, u32 row)
{
	return screen->cell + (screen->top + row) % screen->rows * screen->cols;
}

void text_screen_load(struct text_screen *screen, u32 row, const u16 *cells)
{
	size_t bytes = screen->cols * sizeof(*cells);

	memcpy(row_cells(screen, row), cells, bytes);
	memcpy(screen->shown + row * screen->cols, cells, bytes);
}

static void note_written(struct text_screen *screen, u32 first, u32 end)
{
	screen->written_first = MIN(screen->written_first, first);
	screen->written_end = MAX(screen->written_end, end);
}

static void next_row(struct text_screen *screen)
{
	u16 *last;

	screen->cursor.col = 0;
	if (screen->cursor.row + 1 < screen->rows) {
		screen->cursor.row++;
		return;
	}
	screen->top = (screen->top + 1) % screen->rows;
	last = row_cells(screen, screen->rows - 1);
	for (u32 col = 0; col < screen->cols; col++) {
		last[col] = BLANK;
	}
	note_written(screen, 0, screen->rows);
}

static void put_cell(struct text_screen *screen, char c, u16 attribute)
{
	struct text_cursor *cursor = &screen->cursor;

	row_cells(screen, cursor->row)[cursor->col] = (u16)(attribute | (u8)c);
	note_written(screen, cursor->row, cursor->row + 1);
	if (++cursor->col == screen->cols) {
		next_row(screen);
	}
}

static void put_char(struct text_screen *screen, char c, u16 attribute)
{
	struct text_cursor *cursor = &screen->cursor;

	switch (c) {
	case '\n':
		next_row(screen);
		break;
	case '\r':
		cursor->col = 0;
		break;
	case '\b':
		cursor->col -= cursor->col > 0;
		break;
	case '\a':
		break;
	case '\t':
		do {
			put_cell(screen, ' ', attribute);
		} while (cursor->col % TAB_COLUMNS != 0);
		break;
	default:
		put_cell(screen, str_is_print(c) ? c : '.', attribute);
	}
}

void text_screen_write(struct text_screen *screen, const char *text, size_t n,
		       u16 attribute)
{
	for (size_t i = 0; i < n; i++) {
		put_char(screen, text[i], attribute);
	}
}

static u64 whole_group(const u16 *cells)
{
	u64 group;

	__builtin_memcpy(&group, cells, sizeof(group));
	return group;
}

static bool differs(const u16 *cells, const u16 *shown, u32 count)
{
	return count == TEXT_SCREEN_GROUP
		       ? whole_group(cells) != whole_group(shown)
		       : memcmp(cells, shown, count * sizeof(*cells)) != 0;
}

void text_screen_show(struct text_screen *screen,
		      void (*show)(void *ctx, u32 row, u32 col,
				   const u16 *cells, u32 count),
		      void *ctx)
{
	for (u32 row = screen->written_first; row < screen->written_end;
	     row++) {
		const u16 *cells = row_cells(screen, row);
		u16 *shown = screen->shown + row * screen->cols;

		for (u32 col = 0; col < screen->cols;
		     col += TEXT_SCREEN_GROUP) {
			u32 count = MIN(screen->cols - col, TEXT_SCREEN_GROUP);

			if (differs(cells + col, shown + col, count)) {
				show(ctx, row, col, cells + col, count);
				memcpy(shown + col, cells + col,
				       count * sizeof(*cells));
			}
		}
	}
	screen->written_first = screen->rows;
	screen->written_end = 0;
}
