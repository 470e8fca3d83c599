/* Registers in binary and by the names of their bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/register_names.h"
#include "arch/x86.h"

static void test_text(void **state)
{
	char text[160];

	(void)state;
	register_bits_format(cr0_bit_names, 0x80010033, text, sizeof(text));
	assert_string_equal(text, "1000_0000_0000_0001_0000_0000_0011_0011 "
				  "PG WP NE ET MP PE");
	register_bits_format(rflags_bit_names, 0x202, text, sizeof(text));
	assert_string_equal(text, "0000_0000_0000_0000_0000_0010_0000_0010 IF");
	assert_int_equal(register_bits_format(cr4_bit_names, 0, text, 10), 39);
	assert_string_equal(text, "0000_0000");
}

/* The names against the constants of the same name. */
static void test_names(void **state)
{
#define SAME(names, register, bit)                                             \
	assert_string_equal(names[__builtin_ctzll(register##_##bit)], #bit)

	(void)state;
	SAME(cr0_bit_names, CR0, PE);
	SAME(cr0_bit_names, CR0, WP);
	SAME(cr0_bit_names, CR0, AM);
	SAME(cr0_bit_names, CR0, CD);
	SAME(cr0_bit_names, CR0, PG);
	SAME(cr4_bit_names, CR4, PAE);
	SAME(cr4_bit_names, CR4, OSFXSR);
	SAME(cr4_bit_names, CR4, OSXMMEXCPT);
	SAME(cr4_bit_names, CR4, VMXE);
	SAME(cr4_bit_names, CR4, FSGSBASE);
	SAME(cr4_bit_names, CR4, SMAP);
	SAME(rflags_bit_names, RFLAGS, ZF);
	SAME(rflags_bit_names, RFLAGS, IF);
	SAME(rflags_bit_names, RFLAGS, OF);
	SAME(rflags_bit_names, RFLAGS, VM);
	SAME(rflags_bit_names, RFLAGS, ID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
