/* Characters, the cursor, and rows that move up. Pure. */
/* build: pure */
#include "arch/console/text_screen.h"

#include "lib/str.h"
#include "lib/string.h"

#define GREY_ON_BLACK 0x0700u
#define BLANK (GREY_ON_BLACK | ' ')
#define TAB_COLUMNS 8u

static void note_written(struct text_screen *screen, u32 first, u32 end)
{
	screen->written_first = MIN(screen->written_first, first);
	screen->written_end = MAX(screen->written_end, end);
}

static void note_shown(struct text_screen *screen)
{
	screen->written_first = screen->rows;
	screen->written_end = 0;
}

void text_screen_resize(struct text_screen *screen, u32 cols, u32 rows)
{
	screen->cols = cols;
	screen->rows = rows;
	screen->kept_rows = rows;
	screen->top = 0;
	screen->above = 0;
	screen->ahead = 0;
	screen->jump = 1;
	screen->jump_max = 1;
	screen->cursor = (struct text_cursor){ 0 };
	note_shown(screen);
}

static void fill_blank(u16 *cells, u32 count)
{
	const u64 group = BLANK * 0x0001000100010001ull;

	for (; count >= TEXT_SCREEN_GROUP; count -= TEXT_SCREEN_GROUP) {
		__builtin_memcpy(cells, &group, sizeof(group));
		cells += TEXT_SCREEN_GROUP;
	}
	while (count-- > 0) {
		*cells++ = BLANK;
	}
}

void text_screen_start_jumping(struct text_screen *screen, u32 cols, u32 rows)
{
	text_screen_resize(screen, cols, rows);
	screen->kept_rows = MIN(TEXT_SCREEN_CELLS / cols, 2 * rows);
	screen->jump_max = MAX(rows / 2, 1u);
	fill_blank(screen->cell, cols * screen->kept_rows);
	fill_blank(screen->shown, cols * rows);
}

static u16 *row_cells(struct text_screen *screen, u32 row)
{
	return screen->cell +
	       (screen->top + row) % screen->kept_rows * screen->cols;
}

void text_screen_load(struct text_screen *screen, u32 row, const u16 *cells)
{
	size_t bytes = screen->cols * sizeof(*cells);

	memcpy(row_cells(screen, row), cells, bytes);
	memcpy(screen->shown + row * screen->cols, cells, bytes);
}

void text_screen_look_at_all(struct text_screen *screen)
{
	note_written(screen, 0, screen->rows);
}

void text_screen_forget_shown(struct text_screen *screen)
{
	fill_blank(screen->shown, screen->cols * screen->rows);
	text_screen_look_at_all(screen);
}

/* So many rows leave at the top, and as many empty ones come at the bottom. */
static void move_up(struct text_screen *screen, u32 count)
{
	screen->top = (screen->top + count) % screen->kept_rows;
	screen->above =
		MIN(screen->above + count, screen->kept_rows - screen->rows);
	for (u32 row = screen->rows - count; row < screen->rows; row++) {
		fill_blank(row_cells(screen, row), screen->cols);
	}
	note_written(screen, 0, screen->rows);
}

static void next_row(struct text_screen *screen)
{
	u32 count = screen->jump;

	screen->cursor.col = 0;
	if (screen->cursor.row + 1 < screen->rows) {
		screen->cursor.row++;
		screen->ahead -= screen->ahead > 0;
		return;
	}
	screen->jump = MIN(2 * count, screen->jump_max);
	move_up(screen, count);
	screen->cursor.row = screen->rows - count;
	screen->ahead = count - 1;
}

void text_screen_settle(struct text_screen *screen)
{
	u32 count = MIN(screen->ahead, screen->above);

	screen->jump = 1;
	if (count == 0) {
		return;
	}
	screen->top =
		(screen->top + screen->kept_rows - count) % screen->kept_rows;
	screen->above -= count;
	screen->ahead -= count;
	screen->cursor.row += count;
	note_written(screen, 0, screen->rows);
}

static void put_cell(struct text_screen *screen, char c, u16 attribute)
{
	struct text_cursor *cursor = &screen->cursor;

	row_cells(screen, cursor->row)[cursor->col] = (u16)(attribute | (u8)c);
	note_written(screen, cursor->row, cursor->row + 1);
	if (cursor->col + 1 == screen->cols) {
		next_row(screen);
	} else {
		cursor->col++;
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

void text_screen_show_instead(struct text_screen *screen, u32 row,
			      const u16 *cells, text_screen_device show,
			      void *ctx)
{
	u16 *shown = screen->shown + row * screen->cols;

	for (u32 col = 0; col < screen->cols; col += TEXT_SCREEN_GROUP) {
		u32 count = MIN(screen->cols - col, TEXT_SCREEN_GROUP);

		if (differs(cells + col, shown + col, count)) {
			show(ctx, row, col, cells + col, count);
			memcpy(shown + col, cells + col,
			       count * sizeof(*cells));
		}
	}
}

void text_screen_show(struct text_screen *screen, text_screen_device show,
		      void *ctx)
{
	for (u32 row = screen->written_first; row < screen->written_end;
	     row++) {
		text_screen_show_instead(screen, row, row_cells(screen, row),
					 show, ctx);
	}
	note_shown(screen);
}

u16 text_screen_shown(const struct text_screen *screen, struct text_cursor at)
{
	return screen->shown[at.row * screen->cols + at.col];
}
