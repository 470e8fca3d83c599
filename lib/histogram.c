/*
 * Buckets: one for each value below 128, then four for each power of two up to
 * 2^24, where the last one takes everything else. Pure.
 */
/* build: pure hot */
#include "lib/histogram.h"

#define EXACT HISTOGRAM_EXACT
#define EXACT_LOG2 7u
#define STEPS 4u
#define STEPS_LOG2 2u

static_assert(EXACT == 1u << EXACT_LOG2 && STEPS == 1u << STEPS_LOG2,
	      "bucket_of() and lower_bound()");

/* The bucket of a value that shares its bucket with others. */
static u32 bucket_of(u64 value)
{
	u32 octave = 63u - (u32)__builtin_clzll(value);
	/* The leading bit makes it STEPS or more, so an octave is taken off. */
	u32 steps = (u32)(value >> (octave - STEPS_LOG2));

	return MIN(EXACT + (octave - EXACT_LOG2 - 1) * STEPS + steps,
		   HISTOGRAM_BUCKETS - 1u);
}

static u64 lower_bound(u32 index)
{
	u32 octave, step;

	if (index < EXACT) {
		return index;
	}
	octave = (index - EXACT) / STEPS + EXACT_LOG2;
	step = (index - EXACT) % STEPS;
	return (u64)(STEPS + step) << (octave - STEPS_LOG2);
}

void histogram_add_large(struct histogram *histogram, u64 value)
{
	if (histogram->large_max == 0 || value < histogram->large_min) {
		histogram->large_min = value;
	}
	histogram->large_max = MAX(histogram->large_max, value);
	histogram->bucket[bucket_of(value)]++;
}

u64 histogram_count(const struct histogram *histogram)
{
	u64 count = 0;

	for (u32 i = 0; i < HISTOGRAM_BUCKETS; i++) {
		count += histogram->bucket[i];
	}
	return count;
}

u64 histogram_min(const struct histogram *histogram)
{
	for (u32 i = 0; i < EXACT; i++) {
		if (histogram->bucket[i] != 0) {
			return i;
		}
	}
	return histogram->large_min;
}

u64 histogram_max(const struct histogram *histogram)
{
	for (u32 i = EXACT; i > 0 && histogram->large_max == 0; i--) {
		if (histogram->bucket[i - 1] != 0) {
			return i - 1;
		}
	}
	return histogram->large_max;
}

u64 histogram_median(const struct histogram *histogram)
{
	u64 count = histogram_count(histogram);
	u64 seen = 0;

	for (u32 i = 0; i < HISTOGRAM_BUCKETS && count != 0; i++) {
		seen += histogram->bucket[i];
		if (seen * 2 >= count) {
			return MAX(lower_bound(i), histogram_min(histogram));
		}
	}
	return histogram_max(histogram);
}
