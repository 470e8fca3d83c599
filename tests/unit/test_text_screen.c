/*
 * The text screen in RAM against a device that only counts what is written to
 * it, and against a screen that is made the plain way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arch/console/text_screen.h"

#define COLS 80u
#define ROWS 25u
#define GREY 0x0700u

struct device {
	u32 cols;
	u32 writes;
	u16 cell[TEXT_SCREEN_CELLS];
};

static struct text_screen screen;
static struct device device;

static void show(void *ctx, u32 row, u32 col, const u16 *cells, u32 count)
{
	struct device *d = ctx;

	assert_true(col % TEXT_SCREEN_GROUP == 0 && count > 0);
	assert_true(count <= TEXT_SCREEN_GROUP && col + count <= d->cols);
	memcpy(d->cell + row * d->cols + col, cells, count * sizeof(*cells));
	d->writes++;
}

static void begin(u32 cols, u32 rows)
{
	memset(&device, 0, sizeof(device));
	device.cols = cols;
	text_screen_resize(&screen, cols, rows);
	for (u32 i = 0; i < cols * rows; i++) {
		device.cell[i] = GREY | ' ';
	}
	for (u32 row = 0; row < rows; row++) {
		text_screen_load(&screen, row, device.cell + row * cols);
	}
}

/* Returns how many cells of the device have changed. */
static u32 write_text(const char *text)
{
	static u16 before[TEXT_SCREEN_CELLS];
	u32 changed = 0;

	memcpy(before, device.cell, sizeof(before));
	device.writes = 0;
	text_screen_write(&screen, text, strlen(text), GREY);
	text_screen_show(&screen, show, &device);
	for (u32 i = 0; i < TEXT_SCREEN_CELLS; i++) {
		changed += before[i] != device.cell[i];
	}
	assert_true(device.writes <= changed);
	return changed;
}

static void expect_row(u32 row, const char *text)
{
	for (u32 col = 0; col < device.cols; col++) {
		char c = *text != '\0' ? *text++ : ' ';

		assert_int_equal(device.cell[row * device.cols + col],
				 GREY | (u8)c);
	}
}

static void test_characters(void **state)
{
	(void)state;
	begin(COLS, ROWS);
	assert_int_equal(write_text("one\ttwo\a\r\nab\bc\x01\xff"), 10);
	expect_row(0, "one     two");
	expect_row(1, "ac..");
	assert_int_equal(screen.cursor.row, 1);
	assert_int_equal(screen.cursor.col, 4);
	assert_int_equal(write_text("\b\b\b\b\b\b"), 0);
	assert_int_equal(screen.cursor.col, 0);
	assert_int_equal(device.writes, 0);
}

static void test_rows_move_up(void **state)
{
	char line[16];

	(void)state;
	begin(COLS, ROWS);
	for (u32 i = 0; i < 3 * ROWS; i++) {
		line[0] = (char)('A' + i % 26);
		line[1] = '\n';
		line[2] = '\0';
		/* One new character in each row, and the last one goes. */
		assert_true(write_text(line) <= ROWS);
		assert_true(device.writes <= ROWS);
	}
	for (u32 row = 0; row + 1 < ROWS; row++) {
		line[0] = (char)('A' + (2 * ROWS + 1 + row) % 26);
		line[1] = '\0';
		expect_row(row, line);
	}
	expect_row(ROWS - 1, "");
	/* A screen of the same rows costs nothing when it moves. */
	begin(COLS, ROWS);
	for (u32 i = 0; i < ROWS; i++) {
		write_text("same\n");
	}
	assert_int_equal(write_text("same\nsame\nsame\n"), 0);
}

static void test_end_of_a_row(void **state)
{
	(void)state;
	begin(7, 2); /* a row that ends within a group */
	write_text("0123456");
	expect_row(0, "0123456");
	assert_int_equal(screen.cursor.row, 1);
	write_text("789abcdef");
	expect_row(0, "789abcd");
	expect_row(1, "ef");
}

/* Somebody else writes to the device: it is kept, and moves up with the rest. */
static void test_what_others_write(void **state)
{
	(void)state;
	begin(COLS, ROWS);
	write_text("ours\n");
	device.cell[1 * COLS] = GREY | 'V';
	device.cell[2 * COLS + 79] = GREY | 'W';
	for (u32 row = 0; row < ROWS; row++) {
		text_screen_load(&screen, row, device.cell + row * COLS);
	}
	screen.cursor = (struct text_cursor){ ROWS - 1, 0 };
	write_text("\n");
	expect_row(0, "V");
	assert_int_equal(device.cell[1 * COLS + 79], GREY | 'W');
	assert_int_equal(device.cell[2 * COLS + 79], GREY | ' ');
}

static void test_colour_alone_is_a_change(void **state)
{
	(void)state;
	begin(COLS, ROWS);
	write_text("x\r");
	text_screen_write(&screen, "x", 1, 0x0c00);
	device.writes = 0;
	text_screen_show(&screen, show, &device);
	assert_int_equal(device.writes, 1);
	assert_int_equal(device.cell[0], 0x0c00 | 'x');
}

/* Of a screen of 3840 by 2160 pixels with letters of 16 by 32. */
#define LARGE_COLS 240u
#define LARGE_ROWS 67u

static u32 cells_drawn;

static void count_cells(void *ctx, u32 row, u32 col, const u16 *cells,
			u32 count)
{
	show(ctx, row, col, cells, count);
	cells_drawn += count;
}

static void begin_jumping(u32 cols, u32 rows)
{
	memset(&device, 0, sizeof(device));
	device.cols = cols;
	for (u32 i = 0; i < cols * rows; i++) {
		device.cell[i] = GREY | ' ';
	}
	text_screen_start_jumping(&screen, cols, rows);
}

static void write_number(u32 number)
{
	char line[16];
	int n = snprintf(line, sizeof(line), "line %u\n", number);

	text_screen_write(&screen, line, (size_t)n, GREY);
	text_screen_show(&screen, show, &device);
}

/* Rows first .. of the device have these lines, and then one that is empty. */
static void expect_numbers(u32 row, u32 first, u32 end)
{
	char line[16];

	for (u32 number = first; number < end; number++) {
		snprintf(line, sizeof(line), "line %u", number);
		expect_row(row++, line);
	}
	expect_row(row, "");
	assert_int_equal(screen.cursor.row, row);
}

static void test_jumps(void **state)
{
	(void)state;
	begin_jumping(COLS, ROWS);
	for (u32 i = 0; i < ROWS; i++) {
		write_number(i);
	}
	/* One at first, then two, then four. */
	expect_numbers(0, 1, ROWS);
	write_number(ROWS);
	expect_numbers(0, 3, ROWS + 1);
	write_number(ROWS + 1);
	expect_numbers(0, 3, ROWS + 2);
	write_number(ROWS + 2);
	expect_numbers(0, 7, ROWS + 3);
	/* Nothing more comes: full again, as if rows had moved up singly. */
	text_screen_settle(&screen);
	text_screen_show(&screen, show, &device);
	expect_numbers(0, 4, ROWS + 3);
	write_number(ROWS + 3);
	expect_numbers(0, 5, ROWS + 4);
	/* A long burst: by half of it, and it is full when all is over. */
	for (u32 i = ROWS + 4; i < 20 * ROWS; i++) {
		write_number(i);
		assert_in_range(screen.cursor.row, ROWS / 2, ROWS - 1);
	}
	text_screen_settle(&screen);
	text_screen_show(&screen, show, &device);
	expect_numbers(0, 19 * ROWS + 1, 20 * ROWS);
	assert_int_equal(screen.ahead, 0);
	/* What was taken from above is no longer there to take. */
	for (u32 i = 20 * ROWS; i < 24 * ROWS; i += 4) {
		u32 above, ahead;

		for (u32 more = 0; more < 4; more++) {
			write_number(i + more);
		}
		ahead = screen.ahead;
		above = screen.above;
		assert_true(ahead > 0);
		text_screen_settle(&screen);
		assert_int_equal(screen.above, above - MIN(ahead, above));
		assert_int_equal(screen.ahead, ahead - MIN(ahead, above));
	}
}

/* The rows that a jump has left empty are written one by one. */
static void test_rows_ahead(void **state)
{
	(void)state;
	begin_jumping(COLS, ROWS);
	for (u32 i = 1; i < 3 * ROWS; i++) {
		u32 ahead = screen.ahead;

		write_number(i);
		if (ahead > 0) {
			assert_int_equal(screen.ahead, ahead - 1);
		}
		assert_int_equal(screen.cursor.row + screen.ahead,
				 MIN(i, ROWS - 1));
	}
}

/* A screen that somebody else has drawn on is cleared, and shown again. */
static void test_shown_again(void **state)
{
	u16 cells[COLS];

	(void)state;
	begin_jumping(COLS, ROWS);
	write_number(1);
	for (u32 i = 0; i < COLS; i++) {
		cells[i] = GREY | '#';
	}
	text_screen_show_instead(&screen, 0, cells, show, &device);
	assert_int_equal(device.cell[COLS - 1], GREY | '#');
	assert_int_equal(text_screen_shown(&screen, (struct text_cursor){ 0 }),
			 GREY | '#');
	for (u32 i = 0; i < COLS * ROWS; i++) {
		device.cell[i] = GREY | ' ';
	}
	text_screen_forget_shown(&screen);
	device.writes = 0;
	text_screen_show(&screen, show, &device);
	expect_numbers(0, 1, 2);
	assert_int_equal(device.writes, 2);
}

/*
 * What a line costs in a burst, on the largest screen that people have: at most
 * a twentieth of all its cells, whatever the lines say.
 */
static void test_cost_of_a_line(void **state)
{
	const u32 lines = 2000;
	u32 seed = 1;

	(void)state;
	begin_jumping(LARGE_COLS, LARGE_ROWS);
	cells_drawn = 0;
	for (u32 i = 0; i < lines; i++) {
		char line[LARGE_COLS];

		for (u32 col = 0; col + 1 < LARGE_COLS; col++) {
			seed = seed * 1103515245 + 12345;
			line[col] = (char)('!' + (seed >> 16) % 90);
		}
		line[LARGE_COLS - 1] = '\n';
		text_screen_write(&screen, line, sizeof(line), GREY);
		text_screen_show(&screen, count_cells, &device);
	}
	print_message("a line of %u characters costs %u of %u cells\n",
		      LARGE_COLS, cells_drawn / lines, LARGE_COLS * LARGE_ROWS);
	assert_true(cells_drawn / lines < LARGE_COLS * LARGE_ROWS / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_rows_move_up),
		cmocka_unit_test(test_end_of_a_row),
		cmocka_unit_test(test_what_others_write),
		cmocka_unit_test(test_colour_alone_is_a_change),
		cmocka_unit_test(test_jumps),
		cmocka_unit_test(test_rows_ahead),
		cmocka_unit_test(test_shown_again),
		cmocka_unit_test(test_cost_of_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
