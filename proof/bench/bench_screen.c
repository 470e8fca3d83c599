/*
 * What text costs on the largest screen of pixels that people have, 3840 by
 * 2160: all of it drawn again, and a line of a burst. The screen is one row of
 * memory that stands for all of its rows: the same writes, and no video memory
 * is needed.
 */
#include "arch/console/console_poll.h"
#include "arch/console/font.h"
#include "arch/console/surface.h"
#include "arch/console/text_screen.h"
#include "arch/cpu.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "proof/bench/bench.h"

#define WIDTH 3840u
#define HEIGHT 2160u
#define SCALE 2u
#define COLS (WIDTH / FONT_WIDTH / SCALE)
#define ROWS (HEIGHT / FONT_HEIGHT / SCALE)
#define TEXT_PAGES PAGES_FOR(sizeof(struct text_screen))
#define ROW_PAGES PAGES_FOR(WIDTH * sizeof(u32))
#define PAGES_FOR(bytes) (((bytes) + PAGE_SIZE - 1) / PAGE_SIZE)
#define LINES 100 /* of a burst */
#define LINE_CHARACTERS 100

static const struct surface like_a_screen = {
	.width = WIDTH,
	.height = HEIGHT,
	.pitch = 0,
	.format = { sizeof(u32), { 16, 8 }, { 8, 8 }, { 0, 8 } },
};

static struct surface surface;
static struct cell_style style;

static void show(void *ctx, u32 row, u32 col, const u16 *cells, u32 count)
{
	(void)ctx;
	surface_draw_cells(&surface, &style, col * FONT_WIDTH * SCALE,
			   row * FONT_HEIGHT * SCALE, cells, count);
}

/* The next line: letters that come in no order. */
static void write_line(struct text_screen *text, u32 *seed)
{
	char line[LINE_CHARACTERS];

	for (u32 i = 0; i < LINE_CHARACTERS; i++) {
		*seed = *seed * 1103515245 + 12345;
		line[i] = (char)('!' + (*seed >> 16) % 90);
	}
	line[LINE_CHARACTERS - 1] = '\n';
	text_screen_write(text, line, sizeof(line), 0x0700);
	text_screen_show(text, show, NULL);
}

static void time_lines(struct bench_run *run, struct text_screen *text)
{
	u32 seed = 1;
	u64 before;

	text_screen_start_jumping(text, COLS, ROWS);
	for (u32 i = 0; i < LINES; i++) {
		write_line(text, &seed);
	}
	console_poll();
	before = rdtsc();
	for (u32 i = 0; i < LINES; i++) {
		write_line(text, &seed);
	}
	bench_add(run, (rdtsc() - before) / LINES, LINES);
}

/* Every cell has another character. */
static void time_all(struct bench_run *run, struct text_screen *text)
{
	u64 before;

	text_screen_start_jumping(text, COLS, ROWS);
	for (u32 i = 0; i < COLS * ROWS; i++) {
		text->cell[i] = 0x0700 | 'x';
	}
	text_screen_look_at_all(text);
	before = rdtsc();
	text_screen_show(text, show, NULL);
	bench_add(run, rdtsc() - before, 1);
}

static bool with_memory(struct bench_run *run,
			void (*measure)(struct bench_run *run,
					struct text_screen *text))
{
	struct text_screen *text = pages_get(TEXT_PAGES);
	void *row = pages_get(ROW_PAGES);
	bool there = text != NULL && row != NULL;

	surface = like_a_screen;
	surface.base = row;
	style.scale = SCALE;
	style.pixel[7] = pixel_of(&surface.format, 0xaaaaaa);
	if (there) {
		measure(run, text);
	}
	if (text != NULL) {
		pages_put(text, TEXT_PAGES);
	}
	if (row != NULL) {
		pages_put(row, ROW_PAGES);
	}
	return there || bench_skip(run, "no memory for a screen's text");
}

static bool screen_line(struct bench_run *run)
{
	return with_memory(run, time_lines);
}

static bool screen_redraw(struct bench_run *run)
{
	return with_memory(run, time_all);
}

const struct benchmark bench_screen[] = {
	{ "screen-line", true, &board_private, screen_line },
	{ "screen-redraw", true, &board_private, screen_redraw },
	{ 0 },
};
