/* A text laid out in rows: the same rows, in whatever pieces it comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/console/text_rows.h"

#define ROWS 16

static struct text_rows rows;
static char seen[ROWS][TEXT_ROWS_COLS_MAX + 1];
static u32 count;

static void take(void *ctx, u32 row, const u16 *cells)
{
	u32 cols = *(u32 *)ctx;

	assert_int_equal(row, count);
	assert_true(count < ROWS);
	for (u32 col = 0; col < cols; col++) {
		assert_int_equal(cells[col] & 0xff00, 0x0700);
		seen[count][col] = (char)cells[col];
	}
	seen[count++][cols] = '\0';
}

/* Lays it out in pieces of that size. */
static void lay_out(const char *text, u32 cols, size_t piece)
{
	size_t left = strlen(text);

	count = 0;
	text_rows_start(&rows, cols);
	while (left != 0) {
		size_t n = left < piece ? left : piece;

		text_rows_feed(&rows, text, n, take, &cols);
		text += n;
		left -= n;
	}
	take(&cols, rows.row, rows.cell);
}

static void test_rows(void **state)
{
	static const char text[] = "one\ntwelve chars\nx\ty\n\n"
				   "abc\b\bZ\r-\a\x01\xff\nend";

	(void)state;
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		lay_out(text, 12, piece);
		assert_int_equal(count, 7);
		assert_string_equal(seen[0], "one         ");
		assert_string_equal(seen[1], "twelve chars");
		/* Complete by its last column, and then by its newline. */
		assert_string_equal(seen[2], "            ");
		assert_string_equal(seen[3], "x       y   ");
		assert_string_equal(seen[4], "            ");
		assert_string_equal(seen[5], "-..         ");
		assert_string_equal(seen[6], "end         ");
	}
}

static void test_counting_alone(void **state)
{
	(void)state;
	text_rows_start(&rows, 4);
	text_rows_feed(&rows, "0123456789\t", 11, NULL, NULL);
	assert_int_equal(rows.row, 3);
	assert_int_equal(rows.col, 0);
	text_rows_start(&rows, 100000);
	assert_int_equal(rows.cols, TEXT_ROWS_COLS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_counting_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
