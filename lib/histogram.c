/*
 * Buckets: one for each value below 32, then four for each power of two up to
 * 2^24, where the last one takes everything else. Pure.
 */
#include "lib/histogram.h"

#include "lib/string.h"

#define EXACT 32u
#define EXACT_LOG2 5u
#define STEPS 4u
#define STEPS_LOG2 2u

void histogram_reset(struct histogram *histogram)
{
	memset(histogram, 0, sizeof(*histogram));
}

static u32 bucket_of(u64 value)
{
	u32 octave, steps;

	if (value < EXACT) {
		return (u32)value;
	}
	octave = 63u - (u32)__builtin_clzll(value);
	/* With its leading bit it is STEPS and more: an octave too many. */
	steps = (u32)(value >> (octave - STEPS_LOG2));
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

void histogram_add(struct histogram *histogram, u64 value)
{
	if (histogram->count == 0 || value < histogram->min) {
		histogram->min = value;
	}
	if (value > histogram->max) {
		histogram->max = value;
	}
	histogram->count++;
	histogram->bucket[bucket_of(value)]++;
}

u64 histogram_median(const struct histogram *histogram)
{
	u64 seen = 0;

	for (u32 i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += histogram->bucket[i];
		if (histogram->count != 0 && seen * 2 >= histogram->count) {
			return MAX(lower_bound(i), histogram->min);
		}
	}
	return histogram->max;
}
