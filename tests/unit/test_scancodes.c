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
#include "arch/console/typing.h"

#define RELEASED 0x80
#define LEFT_SHIFT 0x2a
#define RIGHT_SHIFT 0x36
#define CTRL 0x1d
#define CAPS 0x3a
#define NUM 0x45

/* A keyboard and who types at it. */
struct keys {
	struct scancodes codes;
	struct typing typing;
};

static struct keys us_keyboard(void)
{
	return (struct keys){ .typing = { .map = &keymaps[0] } };
}

/* Feeds codes; returns all they stand for. */
static const char *feed(struct keys *keys, const u8 *codes, size_t n)
{
	static char text[256];
	size_t length = 0;

	for (size_t i = 0; i < n; i++) {
		struct key_event event;

		if (scancodes_feed(&keys->codes, codes[i], &event)) {
			size_t count = typing_feed(&keys->typing, event,
						   text + length);

			assert_true(count <= TYPING_MAX_BYTES);
			length += count;
		}
		assert_true(length + TYPING_MAX_BYTES < sizeof(text));
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
	struct keys keys = us_keyboard();

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
	struct keys keys = us_keyboard();

	(void)state;
	assert_string_equal(FEED(&keys, LEFT_SHIFT, RIGHT_SHIFT,
				 LEFT_SHIFT | RELEASED, 0x1e,
				 RIGHT_SHIFT | RELEASED, 0x1e),
			    "Aa");
}

static void test_locks(void **state)
{
	struct keys keys = us_keyboard();

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
	struct keys keys = us_keyboard();

	(void)state;
	/* Ctrl-C, Ctrl-U, then C; both Ctrl keys; Ctrl-1 stays 1. */
	assert_string_equal(FEED(&keys, CTRL, 0x2e, 0x16, CTRL | RELEASED, 0x2e,
				 0xe0, CTRL, 0x1e, 0xe0, CTRL | RELEASED),
			    "\003\025c\001");
	assert_string_equal(FEED(&keys, CTRL, 0x02, CAPS, 0x1e, CAPS,
				 CTRL | RELEASED),
			    "1\001");
	/* Held down Caps Lock counts once. */
	assert_string_equal(FEED(&keys, 0x1e), "A");
	/* Ctrl-Break, and Break alone. */
	assert_string_equal(FEED(&keys, CTRL, 0xe0, 0x46, 0xe0, 0xc6,
				 CTRL | RELEASED, 0xe0, 0x46),
			    "\003");
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
		{ 0x5b, "" },
	};
	struct keys keys = us_keyboard();

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

/* The screen's own with Shift; the keypad has used it up. */
static void test_pages(void **state)
{
	struct keys keys = us_keyboard();

	(void)state;
	assert_string_equal(FEED(&keys, 0xe0, 0x49, 0xe0, 0x51, LEFT_SHIFT,
				 0xe0, 0x49, 0xe0, 0x51, LEFT_SHIFT | RELEASED,
				 NUM, LEFT_SHIFT, 0x49),
			    "\033[5~\033[6~\033[5;2~\033[6;2~\033[5~");
}

/* After E0h, as USB numbers the keys (HID Usage Tables, keyboard page). */
static void test_after_e0(void **state)
{
	static const u8 usages[128] = {
		[0x1c] = 0x58, [0x1d] = 0xe4, [0x35] = 0x54, [0x37] = 0x46,
		[0x38] = 0xe6, [0x46] = 0x48, [0x47] = 0x4a, [0x48] = 0x52,
		[0x49] = 0x4b, [0x4b] = 0x50, [0x4d] = 0x4f, [0x4f] = 0x4d,
		[0x50] = 0x51, [0x51] = 0x4e, [0x52] = 0x49, [0x53] = 0x4c,
		[0x5b] = 0xe3, [0x5c] = 0xe7, [0x5d] = 0x65,
	};

	(void)state;
	for (u32 code = 1; code < 256; code++) {
		struct scancodes codes = { 0 };
		struct key_event event = { 0 };
		u8 usage = usages[code & 0x7f];

		if (code == 0xe0 || code == 0xe1) {
			continue;
		}
		assert_false(scancodes_feed(&codes, 0xe0, &event));
		assert_int_equal(scancodes_feed(&codes, (u8)code, &event),
				 usage != 0);
		if (usage != 0) {
			assert_int_equal(event.key, usage);
			assert_int_equal(event.pressed, code < 0x80);
		}
	}
}

static void test_pause(void **state)
{
	struct keys keys = us_keyboard();

	(void)state;
	assert_string_equal(FEED(&keys, 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5,
				 0x1e, 0x47),
			    "a\033[H");
}

static void test_sync(void **state)
{
	struct keys keys = us_keyboard();

	(void)state;
	FEED(&keys, CTRL, LEFT_SHIFT);
	typing_sync(&keys.typing, 0x61, false);
	/* Right shift is down, neither lock is taken over. */
	assert_string_equal(FEED(&keys, 0x1e, 0x02, 0x47), "A!7");
	typing_sync(&keys.typing, 0x60, true);
	assert_string_equal(FEED(&keys, 0x1e, 0x02, 0x47), "A17");
	typing_sync(&keys.typing, 0x06, true);
	assert_string_equal(FEED(&keys, 0x1e), "\001");
	typing_sync(&keys.typing, 0, true);
	assert_string_equal(FEED(&keys, 0x1e, 0x47), "a\033[H");
	/* Each flag is of one key, which alone can let it go. */
	for (unsigned bit = 0; bit < 8; bit++) {
		static const u8 keys_of_flags[8] = { KEY_RIGHT_SHIFT,
						     KEY_LEFT_SHIFT,
						     KEY_LEFT_CTRL };
		u8 key = keys_of_flags[bit];

		typing_sync(&keys.typing, (u8)(1u << bit), true);
		assert_int_equal(keys.typing.modifiers,
				 key == 0 ? 0 : 1u << (key - KEY_LEFT_CTRL));
		assert_int_equal(keys.typing.num_lock, bit == 5);
		assert_int_equal(keys.typing.caps_lock, bit == 6);
	}
}

static void test_all_codes(void **state)
{
	struct keys keys = us_keyboard();

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned code = 0; code < 256 * 256; code++) {
			FEED(&keys, (u8)(code >> 8), (u8)code);
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
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_after_e0),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_sync),
		cmocka_unit_test(test_all_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
