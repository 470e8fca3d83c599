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
		CONSOLE_AT_PORT, 0x3f8, 0                                      \
	}
/* What CONSOLE_DEFAULT says. */
#define DEFAULT                                                                \
	{                                                                      \
		{ { CONSOLE_AT_PORT, 0x3f8, 115200 } }, 1, true                \
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
		assert_int_equal(got.serial[i].kind,
				 wanted->spec.serial[i].kind);
		assert_int_equal(got.serial[i].at, wanted->spec.serial[i].at);
		assert_int_equal(got.serial[i].baud,
				 wanted->spec.serial[i].baud);
	}
}

static void test_good(void **state)
{
	static const struct spec_case cases[] = {
		{ NULL,
		  { { { CONSOLE_AT_PORT, 0x3f8, 115200 } }, 1, true },
		  { NULL } },
		{ "com1,screen", DEFAULT_SPEC, { NULL } },
		{ "none", { .screen = false }, { NULL } },
		{ "screen", { .screen = true }, { NULL } },
		{ "com2",
		  { { { CONSOLE_AT_PORT, 0x2f8, 0 } }, 1, false },
		  { NULL } },
		{ "COM3/9600",
		  { { { CONSOLE_AT_PORT, 0x3e8, 9600 } }, 1, false },
		  { NULL } },
		{ "screen,com4/50",
		  { { { CONSOLE_AT_PORT, 0x2e8, 50 } }, 1, true },
		  { NULL } },
		{ "e080/38400,0x2F8",
		  { { { CONSOLE_AT_PORT, 0xe080, 38400 },
		      { CONSOLE_AT_PORT, 0x2f8, 0 } },
		    2,
		    false },
		  { NULL } },
		{ "com1,com2,com3,com4",
		  { { COM1,
		      { CONSOLE_AT_PORT, 0x2f8, 0 },
		      { CONSOLE_AT_PORT, 0x3e8, 0 },
		      { CONSOLE_AT_PORT, 0x2e8, 0 } },
		    4,
		    false },
		  { NULL } },
		{ "spcr,PCI,pci:1f:1E.7/57600,mmiofedc9000/4000000",
		  { { { CONSOLE_AT_SPCR, 0, 0 },
		      { CONSOLE_AT_FIRST_PCI, 0, 0 },
		      { CONSOLE_AT_PCI, 0x1ff7, 57600 },
		      { CONSOLE_AT_ADDRESS, 0xfedc9000, 4000000 } },
		    4,
		    false },
		  { NULL } },
		{ "100,fff8",
		  { { { CONSOLE_AT_PORT, 0x100, 0 },
		      { CONSOLE_AT_PORT, 0xfff8, 0 } },
		    2,
		    false },
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
		{ "", DEFAULT, { "" } },
		{ "cmo1", DEFAULT, { "cmo1" } },
		{ "com5,com2",
		  { { { CONSOLE_AT_PORT, 0x2f8, 0 } }, 1, false },
		  { "com5" } },
		{ "com1,,", { { COM1 }, 1, false }, { "", "" } },
		{ "com1,none", { { COM1 }, 1, false }, { "none" } },
		{ "none,none", DEFAULT, { "none", "none" } },
		{ "com1, screen", { { COM1 }, 1, false }, { " screen" } },
		{ "com1,3f8/9600", { { COM1 }, 1, false }, { "3f8/9600" } },
		{ "f8,fff9,10000,3f9",
		  DEFAULT,
		  { "f8", "fff9", "10000", "3f9" } },
		{ "com1/,com2/x,com3/0,com4/120000",
		  DEFAULT,
		  { "com1/", "com2/x", "com3/0", "com4/120000" } },
		{ "com1/100000,com1/49,com1/9600/8",
		  DEFAULT,
		  { "com1/100000", "com1/49", "com1/9600/8" } },
		{ "pci:,pci:0:1,pci:00:20.0,pci:00:1.8",
		  DEFAULT,
		  { "pci:", "pci:0:1", "pci:00:20.0", "pci:00:1.8" } },
		{ "pci:100:1.0,pci:0:001.0,pci:0:1.0.0,pci:0:1.",
		  DEFAULT,
		  { "pci:100:1.0", "pci:0:001.0", "pci:0:1.0.0", "pci:0:1." } },
		{ "mmio,mmiofffff,mmio10000000000000,spcr:1,mmiog",
		  DEFAULT,
		  { "mmio", "mmiofffff", "mmio10000000000000", "spcr:1",
		    "mmiog" } },
		{ "spcr/4000001,pci/49", DEFAULT, { "spcr/4000001", "pci/49" } },
		{ "com1/18446744073709667",
		  DEFAULT,
		  { "com1/18446744073709667" } },
		{ "com1,com2,com3,com4,e080",
		  { { COM1,
		      { CONSOLE_AT_PORT, 0x2f8, 0 },
		      { CONSOLE_AT_PORT, 0x3e8, 0 },
		      { CONSOLE_AT_PORT, 0x2e8, 0 } },
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
	static const struct {
		struct console_port port;
		const char *name;
	} cases[] = {
		{ { CONSOLE_AT_PORT, 0x3f8, 9600 }, "com1" },
		{ { CONSOLE_AT_PORT, 0x2e8, 0 }, "com4" },
		{ { CONSOLE_AT_PORT, 0xe080, 0 }, "port e080h" },
		{ { CONSOLE_AT_ADDRESS, 0xfedc9000, 0 }, "mmiofedc9000" },
		{ { CONSOLE_AT_PCI, 0x1ff7, 0 }, "pci:1f:1e.7" },
		{ { CONSOLE_AT_FIRST_PCI, 0, 0 }, "pci" },
		{ { CONSOLE_AT_SPCR, 0, 0 }, "spcr" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char name[24];

		console_port_name(&cases[i].port, name, sizeof(name));
		assert_string_equal(name, cases[i].name);
	}
	assert_int_equal(console_port_irq(0x2f8), 3);
	assert_int_equal(console_port_irq(0xe080), -1);
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
