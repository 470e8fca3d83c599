/* What a machine check means for the core that takes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/mca_severity.h"

#define RAISED (MCI_STATUS_VAL | MCI_STATUS_EN)
#define RIPV MCG_STATUS_RIPV
#define LOCAL (MCG_STATUS_RIPV | MCG_STATUS_LMCE_S)

static void test_banks(void **state)
{
	static const struct {
		u64 status, cap;
		bool signalled, fatal;
	} rows[] = {
		{ 0, 0, false, false },
		{ RAISED, 0, true, false },
		/* Not valid, or not enabled: not what has raised it. */
		{ MCI_STATUS_EN | MCI_STATUS_UC | MCI_STATUS_PCC, 0, false,
		  false },
		{ MCI_STATUS_VAL | MCI_STATUS_UC | MCI_STATUS_PCC, 0, false,
		  false },
		{ RAISED | MCI_STATUS_UC, 0, true, true },
		{ RAISED | MCI_STATUS_UC, MCG_CAP_SER_P, true, false },
		{ RAISED | MCI_STATUS_UC | MCI_STATUS_AR, MCG_CAP_SER_P, true,
		  true },
		/* AR means something with UC alone. */
		{ RAISED | MCI_STATUS_AR, MCG_CAP_SER_P, true, false },
		{ RAISED | MCI_STATUS_PCC, MCG_CAP_SER_P, true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mca_banks banks = { 0 };

		mca_banks_add(&banks, rows[i].status, rows[i].cap);
		assert_int_equal(banks.signalled, rows[i].signalled);
		assert_int_equal(banks.fatal, rows[i].fatal);
		/* The worst of them stays. */
		mca_banks_add(&banks, 0, rows[i].cap);
		mca_banks_add(&banks, RAISED, rows[i].cap);
		assert_true(banks.signalled);
		assert_int_equal(banks.fatal, rows[i].fatal);
	}
}

static void test_going_on(void **state)
{
	static const struct {
		struct mca_banks banks;
		u64 mcg_status;
		bool others, goes_on;
	} rows[] = {
		{ { true, false }, RIPV, false, true },
		{ { true, false }, RIPV, true, true },
		{ { true, false }, 0, true, false },
		{ { true, true }, RIPV, true, false },
		/* Nothing here: another core's, if there is one that was told. */
		{ { false, false }, RIPV, true, true },
		{ { false, false }, RIPV, false, false },
		{ { false, false }, LOCAL, true, false },
		{ { false, false }, 0, true, false },
		{ { true, false }, LOCAL, true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(mca_may_go_on(&rows[i].banks,
					       rows[i].mcg_status,
					       rows[i].others),
				 rows[i].goes_on);
	}
}

static void test_first_control(void **state)
{
	(void)state;
	assert_int_equal(mca_first_control(6, 0x0f), 1);
	assert_int_equal(mca_first_control(6, 0x17), 1);
	assert_int_equal(mca_first_control(6, 0x1a), 0);
	assert_int_equal(mca_first_control(6, 0x55), 0);
	assert_int_equal(mca_first_control(15, 6), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_banks),
		cmocka_unit_test(test_going_on),
		cmocka_unit_test(test_first_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
