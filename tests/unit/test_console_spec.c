/* arch/console/console_spec.c: the console= word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/console/console_spec.h"

#define MAX_BAD 8

struct complaints {
	size_t count;
	char items[MAX_BAD][40];
};

static void note(void *context, const char *item, const char *why)
{
	struct complaints *complaints = context;

	assert_true(strlen(why) > 0);
	assert_true(complaints->count < MAX_BAD);
	assert_true(strlen(item) < sizeof(complaints->items[0]));
	strcpy(complaints->items[complaints->count++], item);
}

struct spec_case {
	const char *list;
	struct console_spec spec;
	const char *bad[MAX_BAD]; /* up to the null one */
};

#define COM1                                                                   \
	{                                                                      \
		0x3f8, 115200                                                  \
	}
#define DEFAULT_SPEC                                                           \
	{                                                                      \
		{ COM1 }, 1, true                                              \
	}

static void check(const struct spec_case *wanted)
{
	struct complaints complaints = { 0 };
	struct console_spec got;
	size_t bad_count = 0;

	memset(&got, 0xee, sizeof(got));
	while (wanted->bad[bad_count] != NULL) {
		bad_count++;
	}
	assert_int_equal(console_spec_parse(&got, wanted->list, note,
					    &complaints),
			 bad_count);
	assert_int_equal(complaints.count, bad_count);
	for (size_t i = 0; i < bad_count; i++) {
		assert_string_equal(complaints.items[i], wanted->bad[i]);
	}
	assert_int_equal(got.screen, wanted->spec.screen);
	assert_int_equal(got.serial_count, wanted->spec.serial_count);
	for (size_t i = 0; i < got.serial_count; i++) {
		assert_int_equal(got.serial[i].port,
				 wanted->spec.serial[i].port);
		assert_int_equal(got.serial[i].baud,
				 wanted->spec.serial[i].baud);
	}
}

static void test_good(void **state)
{
	static const struct spec_case cases[] = {
		{ NULL, DEFAULT_SPEC, { NULL } },
		{ "com1/115200,screen", DEFAULT_SPEC, { NULL } },
		{ "none", { .screen = false }, { NULL } },
		{ "screen", { .screen = true }, { NULL } },
		{ "com2", { { { 0x2f8, 115200 } }, 1, false }, { NULL } },
		{ "COM3/9600", { { { 0x3e8, 9600 } }, 1, false }, { NULL } },
		{ "screen,com4/50", { { { 0x2e8, 50 } }, 1, true }, { NULL } },
		{ "e080/38400,0x2F8",
		  { { { 0xe080, 38400 }, { 0x2f8, 115200 } }, 2, false },
		  { NULL } },
		{ "com1,com2,com3,com4",
		  { { COM1,
		      { 0x2f8, 115200 },
		      { 0x3e8, 115200 },
		      { 0x2e8, 115200 } },
		    4,
		    false },
		  { NULL } },
		{ "100,fff8",
		  { { { 0x100, 115200 }, { 0xfff8, 115200 } }, 2, false },
		  { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		check(&cases[i]);
	}
}

/* Bad items are named and left out; with nothing else, the default stands. */
static void test_bad(void **state)
{
	static const struct spec_case cases[] = {
		{ "", DEFAULT_SPEC, { "" } },
		{ "cmo1", DEFAULT_SPEC, { "cmo1" } },
		{ "com5,com2", { { { 0x2f8, 115200 } }, 1, false }, { "com5" } },
		{ "com1,,", { { COM1 }, 1, false }, { "", "" } },
		{ "com1,none", { { COM1 }, 1, false }, { "none" } },
		{ "none,none", DEFAULT_SPEC, { "none", "none" } },
		{ "com1, screen", { { COM1 }, 1, false }, { " screen" } },
		{ "com1,3f8/9600", { { COM1 }, 1, false }, { "3f8/9600" } },
		{ "f8,fff9,10000,3f9",
		  DEFAULT_SPEC,
		  { "f8", "fff9", "10000", "3f9" } },
		{ "com1/,com2/x,com3/0,com4/115201",
		  DEFAULT_SPEC,
		  { "com1/", "com2/x", "com3/0", "com4/115201" } },
		{ "com1/100000,com1/49,com1/9600/8",
		  DEFAULT_SPEC,
		  { "com1/100000", "com1/49", "com1/9600/8" } },
		{ "com1/18446744073709667",
		  DEFAULT_SPEC,
		  { "com1/18446744073709667" } },
		{ "com1,com2,com3,com4,e080",
		  { { COM1,
		      { 0x2f8, 115200 },
		      { 0x3e8, 115200 },
		      { 0x2e8, 115200 } },
		    4,
		    false },
		  { "e080" } },
		/* Cut to what is kept of an item; must not become 115 baud. */
		{ "com1/00000000000000000000000115200x,screen",
		  { .screen = true },
		  { "com1/00000000000000000000000115" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		check(&cases[i]);
	}
}

static void test_no_callback(void **state)
{
	struct console_spec spec;

	(void)state;
	assert_int_equal(console_spec_parse(&spec, "x,screen", NULL, NULL), 1);
	assert_true(spec.screen);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(console_port_name(0x3f8), "com1");
	assert_string_equal(console_port_name(0x2e8), "com4");
	assert_null(console_port_name(0xe080));
	assert_null(console_port_name(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_no_callback),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
