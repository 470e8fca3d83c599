/*
 * The text screen in RAM against a device that only counts what is written to
 * it, and against a screen that is made the plain way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_rows_move_up),
		cmocka_unit_test(test_end_of_a_row),
		cmocka_unit_test(test_what_others_write),
		cmocka_unit_test(test_colour_alone_is_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
