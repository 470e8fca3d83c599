/*
 * Scan codes of set 1 against what a US keyboard has on its keys. The codes are
 * those of the IBM PC AT's Technical Reference, written down once more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/console/scancodes.h"

#define RELEASED 0x80
#define LEFT_SHIFT 0x2a
#define RIGHT_SHIFT 0x36
#define CTRL 0x1d
#define CAPS 0x3a
#define NUM 0x45

/* Feeds codes; returns all they stand for. */
static const char *feed(struct scancodes *keys, const u8 *codes, size_t n)
{
	static char text[256];
	size_t length = 0;

	for (size_t i = 0; i < n; i++) {
		size_t count = scancodes_feed(keys, codes[i], text + length);

		assert_true(count <= SCANCODES_MAX_BYTES);
		length += count;
		assert_true(length + SCANCODES_MAX_BYTES < sizeof(text));
	}
	text[length] = '\0';
	return text;
}

#define FEED(keys, ...)                                                        \
	feed(keys, (const u8[]){ __VA_ARGS__ },                                \
	     sizeof((const u8[]){ __VA_ARGS__ }))

static const struct {
	u8 first;
	const char *plain, *shifted;
} rows[] = {
	{ 0x02, "1234567890-=", "!@#$%^&*()_+" },
	{ 0x10, "qwertyuiop[]", "QWERTYUIOP{}" },
	{ 0x1e, "asdfghjkl;'`", "ASDFGHJKL:\"~" },
	{ 0x2b, "\\zxcvbnm,./", "|ZXCVBNM<>?" },
	{ 0x39, " ", " " },
	{ 0x0e, "\b\t", "\b\t" },
	{ 0x1c, "\r", "\r" },
	{ 0x01, "\033", "\033" },
	{ 0x56, "\\", "|" },
};

static void test_rows(void **state)
{
	struct scancodes keys = { 0 };

	(void)state;
	for (size_t r = 0; r < ARRAY_SIZE(rows); r++) {
		for (size_t i = 0; rows[r].plain[i] != '\0'; i++) {
			u8 code = (u8)(rows[r].first + i);
			char plain[2] = { rows[r].plain[i] };
			char shifted[2] = { rows[r].shifted[i] };

			assert_string_equal(FEED(&keys, code, code | RELEASED),
					    plain);
			assert_string_equal(FEED(&keys, LEFT_SHIFT, code,
						 code | RELEASED,
						 LEFT_SHIFT | RELEASED),
					    shifted);
			assert_string_equal(FEED(&keys, RIGHT_SHIFT, code, code,
						 RIGHT_SHIFT | RELEASED, code),
					    ((char[]){ shifted[0], shifted[0],
						       plain[0], '\0' }));
		}
	}
}

static void test_both_shifts(void **state)
{
	struct scancodes keys = { 0 };

	(void)state;
	assert_string_equal(FEED(&keys, LEFT_SHIFT, RIGHT_SHIFT,
				 LEFT_SHIFT | RELEASED, 0x1e,
				 RIGHT_SHIFT | RELEASED, 0x1e),
			    "Aa");
}

static void test_locks(void **state)
{
	struct scancodes keys = { 0 };

	(void)state;
	/* Letters alone; shift takes it back. */
	assert_string_equal(FEED(&keys, CAPS, CAPS | RELEASED, 0x1e, 0x02,
				 LEFT_SHIFT, 0x1e, LEFT_SHIFT | RELEASED, CAPS,
				 CAPS | RELEASED, 0x1e),
			    "A1aa");
	assert_string_equal(FEED(&keys, NUM, NUM | RELEASED, 0x47, 0x4c, 0x53,
				 LEFT_SHIFT, 0x48, LEFT_SHIFT | RELEASED, NUM,
				 0x48, 0x4a, 0x4e, 0x37),
			    "75.\033[A\033[A-+*");
}

static void test_ctrl(void **state)
{
	struct scancodes keys = { 0 };

	(void)state;
	/* Ctrl-C, Ctrl-U, then C; both Ctrl keys; Ctrl-1 stays 1. */
	assert_string_equal(FEED(&keys, CTRL, 0x2e, 0x16, CTRL | RELEASED, 0x2e,
				 0xe0, CTRL, 0x1e, 0xe0, CTRL | RELEASED),
			    "\003\025c\001");
	assert_string_equal(FEED(&keys, CTRL, 0x02, CAPS, 0x1e, CAPS,
				 CTRL | RELEASED),
			    "1\001");
}

static void test_middle_block(void **state)
{
	static const struct {
		u8 code;
		const char *bytes;
	} table[] = {
		{ 0x47, "\033[H" },  { 0x48, "\033[A" }, { 0x4b, "\033[D" },
		{ 0x4d, "\033[C" },  { 0x4f, "\033[F" }, { 0x50, "\033[B" },
		{ 0x53, "\033[3~" }, { 0x35, "/" },	 { 0x1c, "\r" },
		{ 0x46, "\003" },    { 0x49, "" },	 { 0x5b, "" },
	};
	struct scancodes keys = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		/* Keyboards put shifts around them that nobody pressed. */
		assert_string_equal(FEED(&keys, 0xe0, LEFT_SHIFT, 0xe0,
					 table[i].code, 0xe0,
					 table[i].code | RELEASED, 0xe0,
					 LEFT_SHIFT | RELEASED),
				    table[i].bytes);
		assert_string_equal(FEED(&keys, LEFT_SHIFT, 0xe0,
					 LEFT_SHIFT | RELEASED, 0xe0,
					 table[i].code, 0xe0, LEFT_SHIFT, 0x1e,
					 LEFT_SHIFT | RELEASED) +
					    strlen(table[i].bytes),
				    "A");
	}
}

static void test_pause(void **state)
{
	struct scancodes keys = { 0 };

	(void)state;
	assert_string_equal(FEED(&keys, 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5,
				 0x1e, 0x47),
			    "a\033[H");
}

static void test_sync(void **state)
{
	struct scancodes keys = { 0 };

	(void)state;
	FEED(&keys, CTRL, LEFT_SHIFT, 0xe0);
	scancodes_sync(&keys, 0x61, false);
	/* Right shift is down, neither lock is taken over. */
	assert_string_equal(FEED(&keys, 0x1e, 0x02, 0x47), "A!7");
	scancodes_sync(&keys, 0x60, true);
	assert_string_equal(FEED(&keys, 0x1e, 0x02, 0x47), "A17");
	scancodes_sync(&keys, 0x06, true);
	assert_string_equal(FEED(&keys, 0x1e), "\001");
	scancodes_sync(&keys, 0, true);
	assert_string_equal(FEED(&keys, 0x1e, 0x47), "a\033[H");
}

static void test_all_codes(void **state)
{
	struct scancodes keys = { 0 };
	char bytes[SCANCODES_MAX_BYTES];

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned code = 0; code < 256 * 256; code++) {
			size_t n =
				scancodes_feed(&keys, (u8)(code >> 8), bytes);

			n += scancodes_feed(&keys, (u8)code, bytes);
			assert_true(n <= 2 * SCANCODES_MAX_BYTES);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_both_shifts),
		cmocka_unit_test(test_locks),
		cmocka_unit_test(test_ctrl),
		cmocka_unit_test(test_middle_block),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_sync),
		cmocka_unit_test(test_all_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
