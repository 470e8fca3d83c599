/*
 * Owns the screen of pixels. Called by the console under its lock; a handler
 * that interrupts a write may write too, so the state is always valid.
 */
#include "arch/console/framebuffer.h"

#include "arch/console/console.h"
#include "arch/console/console_poll.h"
#include "arch/console/font.h"
#include "arch/console/log.h"
#include "arch/console/text_rows.h"
#include "arch/inventory.h"
#include "arch/mem/paging.h"
#include "lib/error.h"
#include "lib/fmt.h"

#define BLACK_ON_GREY 0x7000
#define CURSOR_ROWS 2 /* of the font's */

static struct {
	struct surface surface; /* base is NULL where there is none */
	struct cell_style style;
	struct text_screen *text;
	struct text_cursor cursor; /* where it is drawn, if it is */
	bool cursor_drawn;
	bool taken;    /* by somebody who draws pictures */
	u32 rows_back; /* of the log's, that are shown instead; 0: none */
} screen;

/* Of the log's text, while a part of it is looked for that is to be seen. */
static struct text_rows log_rows;
static_assert(SURFACE_WIDTH_MAX / (FONT_WIDTH * 4) <= TEXT_ROWS_COLS_MAX &&
		      5760 / (FONT_WIDTH * 2) <= TEXT_ROWS_COLS_MAX,
	      "no screen has more columns: scale_for()");

/* The VGA's colours, by attribute. */
static const rgb colours[SURFACE_COLOURS] = {
	0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa,
	0xaa5500, 0xaaaaaa, 0x555555, 0x5555ff, 0x55ff55, 0x55ffff,
	0xff5555, 0xff55ff, 0xffff55, 0xffffff,
};

static u32 cols_at(const struct surface *surface, u32 scale)
{
	return surface->width / (FONT_WIDTH * scale);
}

static u32 rows_at(const struct surface *surface, u32 scale)
{
	return surface->height / (FONT_HEIGHT * scale);
}

/* Letters stay as large as on a small screen; and all cells must have room. */
static u32 scale_for(const struct surface *surface)
{
	u32 scale = surface->width < 2560 ? 1 : surface->width < 5760 ? 2 : 4;

	while (scale < SURFACE_SCALE_MAX &&
	       cols_at(surface, scale) * rows_at(surface, scale) >
		       TEXT_SCREEN_CELLS) {
		scale++;
	}
	return scale;
}

static u32 x_of(u32 col)
{
	return col * FONT_WIDTH * screen.style.scale;
}

static u32 y_of(u32 row)
{
	return row * FONT_HEIGHT * screen.style.scale;
}

/* A UART holds 1.4 ms, and a whole screen may take longer. */
static void show_cells(void *ctx, u32 row, u32 col, const u16 *cells, u32 count)
{
	u32 *row_before = ctx;

	if (row != *row_before) {
		*row_before = row;
		console_poll_in_output();
	}
	surface_draw_cells(&screen.surface, &screen.style, x_of(col), y_of(row),
			   cells, count);
}

static void hide_cursor(void)
{
	u16 cell = text_screen_shown(screen.text, screen.cursor);

	if (screen.cursor_drawn) {
		screen.cursor_drawn = false;
		surface_draw_cells(&screen.surface, &screen.style,
				   x_of(screen.cursor.col),
				   y_of(screen.cursor.row), &cell, 1);
	}
}

static void draw_cursor(void)
{
	screen.cursor = screen.text->cursor;
	screen.cursor_drawn = true;
	surface_draw_cursor(&screen.surface, &screen.style,
			    x_of(screen.cursor.col), y_of(screen.cursor.row),
			    CURSOR_ROWS);
}

static void show(void)
{
	u32 row_before = screen.text->cursor.row;

	hide_cursor();
	text_screen_show(screen.text, show_cells, &row_before);
	draw_cursor();
}

static void show_all_again(void)
{
	surface_clear(&screen.surface,
		      (struct rectangle){ .width = screen.surface.width,
					  .height = screen.surface.height });
	screen.cursor_drawn = false;
	text_screen_forget_shown(screen.text);
	show();
}

/* Whether the console may draw; a panic's report is to be seen in any case. */
static bool has_screen(void)
{
	if (screen.taken && console_is_in_panic()) {
		screen.taken = false;
		show_all_again();
	}
	return !screen.taken;
}

const char *framebuffer_init(struct text_screen *memory,
			     const struct bootinfo_framebuffer *framebuffer)
{
	struct surface surface;
	u32 scale, cols, rows;
	int err = surface_init(&surface, framebuffer);

	if (err != 0) {
		return err == ERR_UNSUPPORTED
			       ? "its pixels are no direct colours of 15 to 32 bits"
			       : "its size and the size of its rows do not fit";
	}
	scale = scale_for(&surface);
	cols = cols_at(&surface, scale);
	rows = rows_at(&surface, scale);
	if (cols < TEXT_SCREEN_GROUP || rows == 0 ||
	    cols * rows > TEXT_SCREEN_CELLS) {
		return "it has too few pixels, or too many";
	}
	if (!paging_map_framebuffer(framebuffer->address,
				    surface_bytes(&surface))) {
		return "its memory is out of reach";
	}
	surface.base = phys_to_virt(framebuffer->address);
	screen.style.scale = scale;
	for (u32 i = 0; i < SURFACE_COLOURS; i++) {
		screen.style.pixel[i] = pixel_of(&surface.format, colours[i]);
	}
	screen.text = memory;
	text_screen_start_jumping(memory, cols, rows);
	screen.surface = surface;
	show_all_again();
	return NULL;
}

static void tell(char *text, size_t size)
{
	const struct surface *surface = &screen.surface;

	if (surface->base != NULL) {
		fmt_snprintf(text, size,
			     "%ux%u pixels of %u bytes at %lx, %u bytes a row, "
			     "write-combining; %ux%u characters",
			     surface->width, surface->height,
			     surface->format.bytes, virt_to_phys(surface->base),
			     surface->pitch, screen.text->cols,
			     screen.text->rows);
	}
}

INVENTORY(65, screen, tell);

/* The whole log, row by row; returns how many rows there are. */
static u32 lay_log_out(void (*ready)(void *ctx, u32 row, const u16 *cells),
		       void *ctx)
{
	char text[256];
	u64 pos = 0;
	size_t n;

	text_rows_start(&log_rows, screen.text->cols);
	while ((n = log_read(&pos, text, sizeof(text))) != 0) {
		text_rows_feed(&log_rows, text, n, ready, ctx);
	}
	if (ready != NULL) {
		ready(ctx, log_rows.row, log_rows.cell);
	}
	return log_rows.row + 1;
}

/* The log's rows first .. are on the screen, but not in the last row. */
static void show_log_row(void *ctx, u32 row, const u16 *cells)
{
	u32 first = *(u32 *)ctx;
	u32 row_before = 0;

	if (row >= first && row - first + 1 < screen.text->rows) {
		text_screen_show_instead(screen.text, row - first, cells,
					 show_cells, &row_before);
	}
}

/* In the last row: where we are. */
static void show_log_place(u32 first, u32 total)
{
	u16 *cells = log_rows.cell;
	u32 row_before = 0;
	char text[80];
	u32 n = (u32)fmt_snprintf(text, sizeof(text),
				  " log, rows %u to %u of %u; Shift with PgUp "
				  "and PgDn",
				  first + 1, first + screen.text->rows - 1,
				  total);

	for (u32 col = 0; col < screen.text->cols; col++) {
		char c = col < n && col < sizeof(text) - 1 ? text[col] : ' ';

		cells[col] = (u16)(BLACK_ON_GREY | (u8)c);
	}
	text_screen_show_instead(screen.text, screen.text->rows - 1, cells,
				 show_cells, &row_before);
}

static void scroll(void *state, bool back)
{
	u32 total, page, first;

	(void)state;
	if (!has_screen()) {
		return;
	}
	page = MAX(screen.text->rows / 2, 1u);
	total = lay_log_out(NULL, NULL);
	if (back && total > screen.text->rows) {
		screen.rows_back = MIN(screen.rows_back + page,
				       total - (screen.text->rows - 1));
	} else if (!back) {
		screen.rows_back -= MIN(screen.rows_back, page);
	}
	if (screen.rows_back == 0) {
		text_screen_look_at_all(screen.text);
		show();
		return;
	}
	hide_cursor();
	first = total - (screen.text->rows - 1) - screen.rows_back;
	lay_log_out(show_log_row, &first);
	show_log_place(first, total);
}

/* Whoever has looked back sees what is new. */
static void end_scrolling(void)
{
	if (screen.rows_back != 0) {
		screen.rows_back = 0;
		text_screen_look_at_all(screen.text);
	}
}

static void write(void *state, const char *text, size_t n, enum colour colour)
{
	/* In the upper byte: what is in colours[]. */
	static const u16 attributes[] = {
		[COLOUR_NONE] = 0x0700,
		[COLOUR_RED] = 0x0c00,
		[COLOUR_GREEN] = 0x0a00,
		[COLOUR_YELLOW] = 0x0e00,
	};

	(void)state;
	end_scrolling();
	text_screen_write(screen.text, text, n, attributes[colour]);
	if (has_screen()) {
		show();
	}
}

static void settle(void *state)
{
	(void)state;
	text_screen_settle(screen.text);
	if (screen.rows_back == 0 && has_screen()) {
		show();
	}
}

const struct console_sink_ops framebuffer_sink = {
	.write = write,
	.settle = settle,
	.scroll = scroll,
};

const struct surface *framebuffer_take(void)
{
	bool locked;

	if (screen.surface.base == NULL) {
		return NULL;
	}
	locked = console_lock();
	screen.taken = true;
	screen.rows_back = 0;
	console_unlock(locked);
	return &screen.surface;
}

void framebuffer_give_back(void)
{
	bool locked = console_lock();

	screen.taken = false;
	show_all_again();
	console_unlock(locked);
}
