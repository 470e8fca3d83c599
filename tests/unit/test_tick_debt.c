/* Ticks that a BIOS missed: none lost, none twice, and midnight. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guest/board/tick_debt.h"

#define TICK 1000u

static void test_midnight(void **state)
{
	static const struct {
		u32 count;
		u64 ticks;
		u32 later;
		bool midnight;
	} rows[] = {
		{ 0, 0, 0, false },
		{ 0, 1, 1, false },
		{ 0x1800ae, 1, 0x1800af, false },
		{ 0x1800af, 0, 0x1800af, false },
		{ 0x1800af, 1, 0, true },
		{ 0x1800af, 2, 1, true },
		{ 0x1800a0, 0x20, 0x10, true },
		{ 5, 0x1800b0, 5, true },
		{ 5, 7 * 0x1800b0ull + 3, 8, true },
		/* More than 32 bits of ticks. */
		{ 5, 0x1800b0ull << 24, 5, true },
		/* A count that no BIOS leaves, as a program may. */
		{ 0xffffffff, 1, (u32)(0x100000000 % 0x1800b0), true },
		{ 0x1800b0, 0, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool midnight = false;

		assert_int_equal(tick_debt_count(rows[i].count, rows[i].ticks,
						 &midnight),
				 rows[i].later);
		assert_int_equal(midnight, rows[i].midnight);
	}
}

/* The flag is the BIOS's to clear. */
static void test_midnight_is_kept(void **state)
{
	bool midnight = true;

	(void)state;
	assert_int_equal(tick_debt_count(3, 4, &midnight), 7);
	assert_true(midnight);
}

static void test_fractions(void **state)
{
	struct tick_debt debt = { .tick_tsc = TICK };

	(void)state;
	assert_int_equal(tick_debt_take(&debt, TICK - 1, false), 0);
	assert_int_equal(tick_debt_take(&debt, 1, false), 1);
	assert_int_equal(debt.owed_tsc, 0);
	assert_int_equal(tick_debt_take(&debt, 5 * TICK + 600, false), 5);
	assert_int_equal(tick_debt_take(&debt, TICK + 600, false), 2);
	assert_int_equal(debt.owed_tsc, 200);
	/* One of them comes by itself; of none, none is taken away. */
	assert_int_equal(tick_debt_take(&debt, 3 * TICK, true), 2);
	assert_int_equal(tick_debt_take(&debt, TICK, true), 0);
	assert_int_equal(tick_debt_take(&debt, 0, true), 0);
	assert_int_equal(debt.owed_tsc, 200);
}

/*
 * The timer runs on through pauses that follow each other at once, and the PIC
 * keeps one tick. All that the BIOS gets are as many as the timer gave.
 */
static void sum_of_pauses(u64 pause_tsc)
{
	struct tick_debt debt = { .tick_tsc = TICK };
	u64 now = 0, got = 0;

	for (u32 i = 0; i < 10000; i++) {
		u64 before = now / TICK;
		bool waits;

		now += pause_tsc;
		waits = now / TICK != before;
		got += tick_debt_take(&debt, pause_tsc, waits) + waits;
		assert_int_equal(got, now / TICK);
		assert_int_equal(debt.owed_tsc, now % TICK);
	}
}

static void test_sum_of_pauses(void **state)
{
	(void)state;
	sum_of_pauses(3 * TICK / 2);
	sum_of_pauses(TICK + 1);
	sum_of_pauses(17 * TICK + 999);
	sum_of_pauses(TICK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_midnight),
		cmocka_unit_test(test_midnight_is_kept),
		cmocka_unit_test(test_fractions),
		cmocka_unit_test(test_sum_of_pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
