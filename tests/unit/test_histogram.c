/* lib/histogram.c: its bounds, and its median against sorted values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/histogram.h"
#include "lib/string.h"

/* From here on all values share the last bucket: 7/8 of 2^24. */
#define LAST_BUCKET 0xe00000u

static struct histogram of(const u64 *values, size_t n)
{
	struct histogram h;

	h = (struct histogram){ 0 };
	for (size_t i = 0; i < n; i++) {
		histogram_add(&h, values[i]);
	}
	return h;
}

/* The lower bound of value's bucket: 0 goes in first, so min hides nothing. */
static u64 bound_of(u64 value)
{
	const u64 values[] = { 0, value, value };
	struct histogram h = of(values, ARRAY_SIZE(values));

	return histogram_median(&h);
}

static void test_empty(void **state)
{
	struct histogram h;

	(void)state;
	memset(&h, 0xff, sizeof(h));
	h = (struct histogram){ 0 };
	assert_int_equal(histogram_count(&h), 0);
	assert_int_equal(histogram_min(&h), 0);
	assert_int_equal(histogram_max(&h), 0);
	assert_int_equal(histogram_median(&h), 0);
}

static void test_one_value(void **state)
{
	static const u64 values[] = { 0,       1,	127,	   128,
				      129,     1000,	0xffffff,  0x1000000,
				      BIT(32), BIT(63), UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct histogram h = of(&values[i], 1);

		assert_int_equal(histogram_count(&h), 1);
		assert_int_equal(histogram_min(&h), values[i]);
		assert_int_equal(histogram_max(&h), values[i]);
		/* Its bucket's bound is below it: the minimum is nearer. */
		assert_int_equal(histogram_median(&h), values[i]);
	}
}

static void test_reset_forgets(void **state)
{
	static const u64 values[] = { 5, UINT64_MAX, 70 };
	struct histogram h = of(values, ARRAY_SIZE(values));

	(void)state;
	h = (struct histogram){ 0 };
	histogram_add(&h, 9);
	assert_int_equal(histogram_count(&h), 1);
	assert_int_equal(histogram_min(&h), 9);
	assert_int_equal(histogram_max(&h), 9);
	assert_int_equal(histogram_median(&h), 9);
}

static void test_bounds(void **state)
{
	static const struct {
		u64 value, bound;
	} rows[] = {
		{ 0, 0 },
		{ 1, 1 },
		{ 31, 31 },
		{ 127, 127 },
		/* Four steps an octave from here on. */
		{ 128, 128 },
		{ 159, 128 },
		{ 160, 160 },
		{ 191, 160 },
		{ 192, 192 },
		{ 224, 224 },
		{ 255, 224 },
		{ 256, 256 },
		{ 1023, 896 },
		{ 1024, 1024 },
		{ LAST_BUCKET - 1, 0xc00000 },
		{ LAST_BUCKET, LAST_BUCKET },
		{ 0x1000000, LAST_BUCKET },
		{ BIT(40), LAST_BUCKET },
		{ UINT64_MAX, LAST_BUCKET },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(bound_of(rows[i].value), rows[i].bound);
	}
}

/* Every value: none above its bound's quarter octave, none out of order. */
static void test_bounds_are_close(void **state)
{
	u64 last = 0;

	(void)state;
	for (u64 value = 0; value < LAST_BUCKET; value += 1 + value / 50) {
		u64 bound = bound_of(value);

		assert_true(bound <= value);
		assert_true(value < HISTOGRAM_EXACT
				    ? bound == value
				    : value - bound <= bound / 4);
		assert_true(bound >= last);
		last = bound;
	}
}

static void test_median(void **state)
{
	static const struct {
		u64 value[5];
		size_t n;
		u64 median;
	} rows[] = {
		{ { 3, 1, 2 }, 3, 2 },
		/* Of two middle values, the smaller. */
		{ { 4, 1, 3, 2 }, 4, 2 },
		{ { 7, 7, 7, 1 }, 4, 7 },
		{ { 20, 20, UINT64_MAX }, 3, 20 },
		{ { 1, UINT64_MAX, UINT64_MAX }, 3, LAST_BUCKET },
		/* One bucket, 128 to 159: no less than the minimum. */
		{ { 159, 157, 158 }, 3, 157 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct histogram h = of(rows[i].value, rows[i].n);

		assert_int_equal(histogram_median(&h), rows[i].median);
	}
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a;
	u64 y = *(const u64 *)b;

	return (x > y) - (x < y);
}

static void test_against_sorted(void **state)
{
	u64 values[301];
	u64 seed = 1;

	(void)state;
	for (size_t n = 1; n <= ARRAY_SIZE(values); n++) {
		struct histogram h;
		u64 middle, median;

		for (size_t i = 0; i < n; i++) {
			seed = seed * 6364136223846793005ull + 1;
			values[i] = seed >> 40 >> (seed >> 33) % 20;
			values[i] = MIN(values[i], LAST_BUCKET - 1u);
		}
		h = of(values, n);
		qsort(values, n, sizeof(values[0]), compare);
		middle = values[(n - 1) / 2];
		median = histogram_median(&h);
		assert_int_equal(histogram_count(&h), n);
		assert_int_equal(histogram_min(&h), values[0]);
		assert_int_equal(histogram_max(&h), values[n - 1]);
		assert_true(median <= middle);
		assert_true(median >= histogram_min(&h));
		assert_true(middle - median <=
			    (middle < HISTOGRAM_EXACT ? 0 : median / 4));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_one_value),
		cmocka_unit_test(test_reset_forgets),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_bounds_are_close),
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_against_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
