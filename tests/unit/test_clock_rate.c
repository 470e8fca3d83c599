/* Rates from samples of clocks, spoiled ones among them, and from CPUID. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/clock_rate.h"

#define PM_HZ 3579545ull
#define PM_MASK 0xffffffull
#define TSC_KHZ 2800000ull
#define APIC_KHZ 100000ull
#define WIDTH 3000

/* What the three clocks show after so many microseconds. */
static struct clock_sample at(u64 us, u64 first_counts)
{
	return (struct clock_sample){
		.tsc = 123456789 + us * TSC_KHZ / 1000,
		.counts = (first_counts + us * PM_HZ / 1000000) & PM_MASK,
		.apic = (u32)(us * APIC_KHZ / 1000),
		.width = WIDTH,
	};
}

static void assert_near(u64 value, u64 wanted)
{
	assert_in_range(value, wanted - wanted / 1000, wanted + wanted / 1000);
}

static void test_counted_not_meant(void **state)
{
	/* An SMI of 7 ms before the third, and the counter wraps around. */
	struct clock_sample samples[] = { at(0, 0xfff000), at(1000, 0xfff000),
					  at(9000, 0xfff000),
					  at(10000, 0xfff000) };
	struct clock_rate rate;

	(void)state;
	assert_true(clock_rate_best(samples, 4, PM_HZ, PM_MASK, &rate));
	assert_near(rate.tsc_khz, TSC_KHZ);
	assert_near(rate.apic_khz, APIC_KHZ);
	/* The longest span, with ends as good as the others', is the best. */
	assert_true(rate.error_ppm < 500);
}

static void test_spoiled_sample(void **state)
{
	(void)state;
	/* An SMI within any one of them, between the TSC and the others. */
	for (u32 i = 0; i < 4; i++) {
		struct clock_sample samples[4];
		struct clock_rate rate;

		for (u32 j = 0; j < 4; j++) {
			samples[j] = at(j * 1000 + (j >= i ? 5000 : 0), 0);
		}
		samples[i].tsc -= 5 * TSC_KHZ;
		samples[i].width += 5 * TSC_KHZ;
		assert_true(clock_rate_best(samples, 4, PM_HZ, PM_MASK, &rate));
		assert_near(rate.tsc_khz, TSC_KHZ);
		assert_near(rate.apic_khz, APIC_KHZ);
	}
}

static void test_bad_references(void **state)
{
	struct clock_sample still[] = { at(0, 0), at(1000, 0), at(2000, 0) };
	struct clock_sample jumps[] = { at(0, 0), at(1000, 0), at(2000, 0),
					at(3000, 0) };
	struct clock_rate rate;

	(void)state;
	for (u32 i = 0; i < 3; i++) {
		still[i].counts = 0xffffff;
	}
	assert_false(clock_rate_best(still, 3, PM_HZ, PM_MASK, &rate));
	jumps[2].counts += 2000;
	assert_false(clock_rate_best(jumps, 4, PM_HZ, PM_MASK, &rate));
	assert_false(clock_rate_best(jumps, 1, PM_HZ, PM_MASK, &rate));
	assert_false(clock_rate_best(jumps, 0, PM_HZ, PM_MASK, &rate));
}

static void test_cpuid(void **state)
{
	static const struct {
		u32 leaf[4], family, model;
		u64 tsc_khz, crystal_khz;
	} rows[] = {
		/* All told: 38.4 MHz, as on Ice Lake and later. */
		{ { 2, 78, 38400000, 0 }, 6, 0x7e, 1497600, 38400 },
		/* The crystal is for the SDM to tell. */
		{ { 2, 292, 0, 0 }, 6, 0x5e, 3504000, 24000 },
		{ { 2, 168, 0, 0 }, 6, 0x55, 2100000, 25000 },
		{ { 3, 171, 0, 0 }, 6, 0x5c, 1094400, 19200 },
		/* Or it does not. */
		{ { 2, 168, 0, 0 }, 6, 0x5f, 0, 0 },
		{ { 2, 168, 0, 0 }, 15, 0x55, 0, 0 },
		/* No ratio, no rate. */
		{ { 0, 168, 24000000, 0 }, 6, 0x5e, 0, 0 },
		{ { 2, 0, 24000000, 0 }, 6, 0x5e, 0, 0 },
		{ { 0, 0, 0, 0 }, 6, 0x5e, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		u64 crystal = 1;

		assert_int_equal(clock_rate_of_cpuid(rows[i].leaf,
						     rows[i].family,
						     rows[i].model, &crystal),
				 rows[i].tsc_khz);
		assert_int_equal(crystal, rows[i].crystal_khz);
	}
}

static void test_platform(void **state)
{
	static const struct {
		u64 value;
		u32 family, model;
		u64 khz;
	} rows[] = {
		/* Ivy Bridge, 3.4 GHz; only bits 15:8 are the ratio. */
		{ 0x80838f3012200, 6, 0x3a, 3400000 },
		/* Nehalem, 20 times 133.33 MHz. */
		{ 0x0000000000001400, 6, 0x1a, 2666666 },
		{ 0x2200, 6, 0x37, 0 }, /* of the Atom line */
		{ 0x2200, 6, 0x0f, 0 }, /* Core 2 has no such register */
		{ 0x2200, 15, 0x3a, 0 },
		{ 0xff00ff, 6, 0x3a, 0 }, /* no ratio */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(clock_rate_of_platform(rows[i].value,
							rows[i].family,
							rows[i].model),
				 rows[i].khz);
	}
}

static void test_long_pause(void **state)
{
	/* Longer than the PIT takes to wrap around: seen, and not believed. */
	struct clock_sample samples[4];
	struct clock_rate rate;

	(void)state;
	for (u32 i = 0; i < 4; i++) {
		samples[i] = at(i * 1000 + (i >= 2 ? 60000 : 0), 0);
		samples[i].counts = ((i * 1000 + (i >= 2 ? 60000 : 0)) *
				     1193182ull / 1000000) &
				    0xffff;
	}
	assert_false(clock_rate_best(samples, 4, 1193182, 0xffff, &rate));
	/* A pause that a wider counter has counted does no harm. */
	for (u32 i = 0; i < 4; i++) {
		samples[i] = at(i * 1000 + (i >= 2 ? 60000 : 0), 0);
	}
	assert_true(clock_rate_best(samples, 4, PM_HZ, PM_MASK, &rate));
	assert_near(rate.tsc_khz, TSC_KHZ);
}

static void test_agreement(void **state)
{
	(void)state;
	assert_true(clock_rates_agree(2800000, 2813000));
	assert_true(clock_rates_agree(2813000, 2800000));
	assert_false(clock_rates_agree(2800000, 2830000));
	assert_false(clock_rates_agree(0, 2800000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counted_not_meant),
		cmocka_unit_test(test_spoiled_sample),
		cmocka_unit_test(test_bad_references),
		cmocka_unit_test(test_cpuid),
		cmocka_unit_test(test_platform),
		cmocka_unit_test(test_long_pause),
		cmocka_unit_test(test_agreement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
