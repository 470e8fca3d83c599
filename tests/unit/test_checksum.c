/* lib/checksum.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/checksum.h"

static void test_sums(void **state)
{
	static const u8 bytes[] = { 0x01, 0x80, 0x7f, 0xff, 0x01 };

	(void)state;
	assert_int_equal(checksum8(bytes, 0), 0);
	assert_int_equal(checksum8(bytes, 1), 0x01);
	assert_int_equal(checksum8(bytes, 2), 0x81);
	assert_int_equal(checksum8(bytes, 3), 0x00);
	assert_int_equal(checksum8(bytes, 4), 0xff);
	assert_int_equal(checksum8(bytes, 5), 0x00);
	assert_int_equal(checksum8(bytes + 1, 4), 0xff);
}

/* A root pointer as ACPI 1.0 has it: any one wrong byte is noticed. */
static void test_root_pointer(void **state)
{
	u8 rsdp[20] = "RSD PTR ";

	(void)state;
	rsdp[16] = 0x40;
	rsdp[17] = 0xa3;
	rsdp[8] = (u8)-checksum8(rsdp, sizeof(rsdp));
	assert_int_equal(checksum8(rsdp, sizeof(rsdp)), 0);
	for (size_t i = 0; i < sizeof(rsdp); i++) {
		rsdp[i] ^= 0x10;
		assert_int_not_equal(checksum8(rsdp, sizeof(rsdp)), 0);
		rsdp[i] ^= 0x10;
	}
}

/* Every bit, every place and the length count. */
static void test_sum64(void **state)
{
	u8 bytes[29] = { 1, 2, 3, 4, 5, 6, 7, 8, 2, 1 };
	u64 sum = checksum64(0, bytes, sizeof(bytes));

	(void)state;
	for (size_t bit = 0; bit < 8 * sizeof(bytes); bit++) {
		bytes[bit / 8] ^= (u8)(1u << bit % 8);
		assert_true(checksum64(0, bytes, sizeof(bytes)) != sum);
		bytes[bit / 8] ^= (u8)(1u << bit % 8);
	}
	assert_true(checksum64(0, bytes, sizeof(bytes)) == sum);
	assert_true(checksum64(1, bytes, sizeof(bytes)) != sum);
	assert_true(checksum64(0, bytes, 28) != sum);
	assert_true(checksum64(0, bytes, 0) != checksum64(0, bytes + 28, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_root_pointer),
		cmocka_unit_test(test_sum64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
