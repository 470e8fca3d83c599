/* arch/mem/page_poison.c: any one bit that changes is found, and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arch/mem/page_poison.h"

#define WORDS (PAGE_SIZE / 8)

static u64 page[WORDS + 1];

static void test_every_bit(void **state)
{
	u8 *bytes = (u8 *)page;

	(void)state;
	memset(page, 0, sizeof(page));
	page_poison_write(page, PAGE_SIZE);
	assert_int_equal(page[WORDS], 0);
	assert_int_equal(page_poison_find(page, PAGE_SIZE), PAGE_SIZE);
	for (size_t bit = 0; bit < 8 * PAGE_SIZE; bit++) {
		bytes[bit / 8] ^= (u8)(1u << bit % 8);
		assert_int_equal(page_poison_find(page, PAGE_SIZE),
				 bit / 64 * 8);
		bytes[bit / 8] ^= (u8)(1u << bit % 8);
	}
}

/* Only as much as was asked for. */
static void test_a_part(void **state)
{
	(void)state;
	memset(page, 0, sizeof(page));
	page_poison_write(page, 64);
	assert_int_equal(page_poison_find(page, 64), 64);
	assert_int_equal(page_poison_find(page, 72), 64);
	assert_int_equal(page_poison_find(page, 0), 0);
	assert_int_equal(page[7], PAGE_POISON);
	assert_int_equal(page[8], 0);
}

/* Used as a pointer it faults: the upper bits are not all alike. */
static void test_not_canonical(void **state)
{
	(void)state;
	assert_true(PAGE_POISON >> 47 != 0 && PAGE_POISON >> 47 != 0x1ffff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_a_part),
		cmocka_unit_test(test_not_canonical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
