/*
 * arch/console/text_screen.c and text_rows.c: any text in any pieces, on a
 * screen that jumps. What the device shows when the text has settled must be the
 * last of the rows that text_rows.c makes of it, and never anything but rows of
 * it, in order.
 */
#include "arch/console/text_rows.h"
#include "arch/console/text_screen.h"
#include "tests/fuzz/fuzz.h"

#define ROWS_MAX 1024u /* that an input can make */
#define COLS_MAX 40u
#define GREY 0x0700u

static struct text_screen screen;
static struct text_rows rows;
static u16 device[TEXT_SCREEN_CELLS];
static u16 all[ROWS_MAX][COLS_MAX];

static void show(void *ctx, u32 row, u32 col, const u16 *cells, u32 count)
{
	CHECK(ctx == &screen && row < screen.rows && count != 0);
	CHECK(col % TEXT_SCREEN_GROUP == 0 && count <= TEXT_SCREEN_GROUP);
	CHECK(col + count <= screen.cols);
	CHECK(memcmp(device + row * screen.cols + col, cells,
		     count * sizeof(*cells)) != 0);
	memcpy(device + row * screen.cols + col, cells, count * sizeof(*cells));
}

static void keep(void *ctx, u32 row, const u16 *cells)
{
	CHECK(ctx == &rows && row < ROWS_MAX);
	memcpy(all[row], cells, rows.cols * sizeof(*cells));
}

static bool is_blank(const u16 *cells)
{
	for (u32 col = 0; col < screen.cols; col++) {
		if (cells[col] != (GREY | ' ')) {
			return false;
		}
	}
	return true;
}

/* The cursor's row is the text's last; above are those before, below none. */
static void check(void)
{
	u32 cursor = screen.cursor.row;

	CHECK(cursor < screen.rows && screen.cursor.col < screen.cols);
	CHECK(screen.cursor.col == rows.col);
	CHECK(screen.ahead + cursor < screen.rows);
	for (u32 row = 0; row < screen.rows; row++) {
		const u16 *cells = device + row * screen.cols;
		u32 at = rows.row - cursor + row;

		CHECK(row <= cursor ? memcmp(cells, all[at],
					     screen.cols * sizeof(*cells)) == 0
				    : is_blank(cells));
		CHECK(text_screen_shown(&screen, (struct text_cursor){
							 row, 0 }) == cells[0]);
	}
}

static void settle(void)
{
	u32 last = MIN(rows.row, screen.rows - 1);
	bool all_kept = screen.kept_rows >= 2 * screen.rows;

	text_screen_settle(&screen);
	text_screen_show(&screen, show, &screen);
	CHECK(!all_kept || screen.cursor.row == last);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	u32 cols = (u32)fuzz_take(&in, 1) % COLS_MAX + 1;
	u32 line_count = (u32)fuzz_take(&in, 1) % 64 + 1;

	text_rows_start(&rows, cols);
	text_screen_start_jumping(&screen, cols, line_count);
	for (u32 i = 0; i < cols * line_count; i++) {
		device[i] = GREY | ' ';
	}
	while (in.left != 0) {
		size_t n = (size_t)fuzz_take(&in, 1) % 32;

		n = MIN(n, in.left);
		text_screen_write(&screen, (const char *)in.at, n, GREY);
		text_screen_show(&screen, show, &screen);
		text_rows_feed(&rows, (const char *)in.at, n, keep, &rows);
		keep(&rows, rows.row, rows.cell);
		in.at += n;
		in.left -= n;
		if (n % 4 == 3) {
			settle();
		}
		check();
	}
	return 0;
}
