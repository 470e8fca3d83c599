/* arch/mca_code.c: codes as processors report them, and every code at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mca_code.h"

/* Those with a status are from machines' logs. */
static const struct {
	u16 code;
	const char *text;
} cases[] = {
	{ 0x0000, "no error" },
	{ 0x0001, "unclassified" },
	{ 0x0005, "internal parity" }, /* 9000004000010005 */
	{ 0x0400, "internal timer" },  /* be00000000800400 */
	{ 0x0402, "internal" },
	{ 0x0e0b, "I/O" },
	{ 0x000c, "cache, level 0" },
	{ 0x000f, "cache, no one level" },
	{ 0x0010, "TLB, instruction, level 0" },
	{ 0x0019, "TLB, generic, level 1" },
	{ 0x0014, "TLB, data, level 0" }, /* 9000004000000014 */
	/* 8c00004000010091, 9c... : a DIMM's corrected reads. */
	{ 0x0091, "memory controller, read, channel 1" },
	{ 0x0090, "memory controller, read, channel 0" },
	{ 0x009f, "memory controller, read" },
	{ 0x00c1, "memory controller, scrub, channel 1" },
	{ 0x00d0, "memory controller, reserved, channel 0" },
	{ 0x0291, "memory as a cache, read, channel 1" },
	{ 0x0134, "cache, data, data read, level 0" },
	{ 0x0145, "cache, data, data write, level 1" },
	{ 0x0150, "cache, instruction, instruction fetch, level 0" },
	{ 0x017a, "cache, generic, evict, level 2" },
	{ 0x110a, "cache, generic, error, level 2" }, /* filtered */
	{ 0x0189, "cache, generic, snoop, level 1" },
	{ 0x0e0f, "bus, no one part, error, other, no one level" },
	{ 0x0800, "bus, this core asked, error, memory, level 0" },
	{ 0x0b1b, "bus, this core answered, read, I/O, timed out, "
		  "no one level" },
};

static void test_cases(void **state)
{
	char text[MCA_CODE_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t length =
			mca_code_format(cases[i].code, text, sizeof(text));

		assert_string_equal(text, cases[i].text);
		assert_int_equal(length, strlen(text));
	}
}

static void test_every_code(void **state)
{
	char text[MCA_CODE_TEXT_BYTES];

	(void)state;
	for (u32 code = 0; code < 0x10000; code++) {
		size_t length = mca_code_format((u16)code, text, sizeof(text));

		assert_in_range(length, 1, sizeof(text) - 1);
		assert_int_equal(length, strlen(text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_every_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
