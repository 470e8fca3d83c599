/* Reports of boot keyboards, as keyboards send them and as none would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/usb/hid.h"

static struct key_event events[HID_MAX_EVENTS];

/* Sends a report; returns the events as text: "+04 -05". */
static const char *report(struct hid_keyboard *keyboard, u64 now_ms,
			  const u8 *bytes, size_t count)
{
	static char text[HID_MAX_EVENTS * 4 + 1];
	u8 *copy = malloc(count == 0 ? 1 : count);
	size_t n;

	if (count != 0) {
		memcpy(copy, bytes, count);
	}
	n = hid_report(keyboard, copy, count, now_ms, events);
	free(copy);
	assert_true(n <= HID_MAX_EVENTS);
	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		sprintf(text + strlen(text), "%s%c%02x", i == 0 ? "" : " ",
			events[i].pressed ? '+' : '-', events[i].key);
	}
	return text;
}

#define REPORT(keyboard, now_ms, ...)                                          \
	report(keyboard, now_ms, (const u8[]){ __VA_ARGS__ },                  \
	       sizeof((const u8[]){ __VA_ARGS__ }))

static void test_keys(void **state)
{
	struct hid_keyboard keyboard = { 0 };

	(void)state;
	assert_string_equal(REPORT(&keyboard, 0, 0, 0, 4, 0, 0, 0, 0, 0),
			    "+04");
	assert_string_equal(REPORT(&keyboard, 0, 0, 0, 4, 5, 0, 0, 0, 0),
			    "+05");
	assert_string_equal(REPORT(&keyboard, 0, 0, 0, 4, 5, 0, 0, 0, 0), "");
	/* Another order is no event. */
	assert_string_equal(REPORT(&keyboard, 0, 0, 0, 5, 4, 0, 0, 0, 0), "");
	assert_string_equal(REPORT(&keyboard, 0, 2, 0, 6, 0, 0, 0, 0, 0),
			    "+e1 -05 -04 +06");
	assert_string_equal(REPORT(&keyboard, 0, 0x40, 0, 0, 0, 0, 0, 0, 0),
			    "-e1 +e6 -06");
	assert_string_equal(REPORT(&keyboard, 0, 0, 0, 0, 0, 0, 0, 0, 0),
			    "-e6");
}

static void test_odd_reports(void **state)
{
	struct hid_keyboard keyboard = { 0 };

	(void)state;
	assert_string_equal(report(&keyboard, 0, NULL, 0), "");
	/* Shorter: what is not there is not pressed; longer: the rest is not ours. */
	assert_string_equal(REPORT(&keyboard, 0, 0, 0, 4), "+04");
	assert_string_equal(REPORT(&keyboard, 0, 1), "+e0 -04");
	assert_string_equal(REPORT(&keyboard, 0, 0, 0, 4, 4, 4, 0, 0, 0, 9, 9),
			    "-e0 +04");
	/* Too many keys: all stay as they are, but the modifiers. */
	assert_string_equal(REPORT(&keyboard, 0, 2, 0, 1, 1, 1, 1, 1, 1),
			    "+e1");
	assert_string_equal(REPORT(&keyboard, 0, 2, 0, 4, 0, 0, 0, 0, 0), "");
	/* All there can be. */
	assert_string_equal(REPORT(&keyboard, 0, 0xfd, 0, 5, 6, 7, 8, 9, 10),
			    "+e0 -e1 +e2 +e3 +e4 +e5 +e6 +e7 -04 +05 +06 +07 "
			    "+08 +09 +0a");
	assert_string_equal(REPORT(&keyboard, 0, 2, 0, 11, 12, 13, 14, 15, 16),
			    "-e0 +e1 -e2 -e3 -e4 -e5 -e6 -e7 -05 -06 -07 -08 "
			    "-09 -0a +0b +0c +0d +0e +0f +10");
}

static void test_repeat(void **state)
{
	struct hid_keyboard keyboard = { 0 };
	struct key_event event;

	(void)state;
	assert_false(hid_repeat(&keyboard, 1000, &event));
	REPORT(&keyboard, 1000, 0, 0, 4);
	assert_false(
		hid_repeat(&keyboard, 1000 + HID_REPEAT_DELAY_MS - 1, &event));
	assert_true(hid_repeat(&keyboard, 1000 + HID_REPEAT_DELAY_MS, &event));
	assert_int_equal(event.key, 4);
	assert_true(event.pressed);
	assert_false(hid_repeat(&keyboard, 1000 + HID_REPEAT_DELAY_MS, &event));
	assert_true(hid_repeat(&keyboard,
			       1000 + HID_REPEAT_DELAY_MS + HID_REPEAT_MS,
			       &event));
	/* The last one pressed; its release ends it, another's does not. */
	REPORT(&keyboard, 2000, 0, 0, 4, 5);
	assert_true(hid_repeat(&keyboard, 2000 + HID_REPEAT_DELAY_MS, &event));
	assert_int_equal(event.key, 5);
	REPORT(&keyboard, 3000, 0, 0, 5);
	assert_true(hid_repeat(&keyboard, 3000, &event));
	REPORT(&keyboard, 3000, 0, 0, 4, 5);
	REPORT(&keyboard, 3000, 0, 0, 5);
	assert_false(hid_repeat(&keyboard, 9000, &event));
	/* Modifiers are not repeated. */
	REPORT(&keyboard, 9000, 2, 0, 0);
	assert_false(hid_repeat(&keyboard, 99000, &event));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_odd_reports),
		cmocka_unit_test(test_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
