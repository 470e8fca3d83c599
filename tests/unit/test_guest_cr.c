/* What LMSW and MOV may make of CR0. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vmm/guest_cr.h"

static void test_lmsw(void **state)
{
	static const struct {
		u64 cr0;
		u16 source;
		u64 after;
	} rows[] = {
		{ CR0_ET, 0, CR0_ET },
		{ CR0_ET, 0xf, CR0_ET | 0xf },
		{ CR0_ET | 0xf, 0, CR0_ET | CR0_PE },
		{ CR0_ET | CR0_PE, 0, CR0_ET | CR0_PE },
		{ CR0_ET | CR0_TS, CR0_MP, CR0_ET | CR0_MP },
		{ CR0_ET | CR0_MP, CR0_EM, CR0_ET | CR0_EM },
		/* Of the source no more than the low four bits. */
		{ CR0_ET, 0xfff0, CR0_ET },
		{ 0, 0xffff, 0xf },
		/* All others stay. */
		{ CR0_PG | CR0_CD | CR0_NW | CR0_WP | CR0_NE | CR0_PE, 8,
		  CR0_PG | CR0_CD | CR0_NW | CR0_WP | CR0_NE | CR0_PE | 8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(guest_cr0_by_lmsw(rows[i].cr0, rows[i].source),
				 rows[i].after);
	}
}

static void test_cr0(void **state)
{
	static const struct {
		u64 value;
		bool good;
	} rows[] = {
		{ 0, true },
		{ CR0_PE, true },
		{ CR0_PG, false },
		{ CR0_PG | CR0_PE, true },
		{ CR0_CD, true },
		{ CR0_NW, false },
		{ CR0_NW | CR0_CD, true },
		{ CR0_NW | CR0_PE | CR0_PG, false },
		{ CR0_NW | CR0_CD | CR0_PG, false },
		{ CR0_NW | CR0_CD | CR0_PG | CR0_PE, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(guest_cr0_may_be(rows[i].value), rows[i].good);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lmsw),
		cmocka_unit_test(test_cr0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
