/*
 * A histogram of costs in ticks, fine for small values and coarse for large:
 * exact below HISTOGRAM_EXACT, then four steps an octave. Minimum and maximum
 * are exact.
 */
#pragma once

#include "lib/types.h"

#define HISTOGRAM_EXACT 128u
#define HISTOGRAM_BUCKETS 196

struct histogram {
	/*
	 * The least value that is not below HISTOGRAM_EXACT; 0 if there is
	 * none.
	 */
	u64 large_min;
	u64 large_max;
	u64 bucket[HISTOGRAM_BUCKETS];
};

void histogram_add_large(struct histogram *histogram, u64 value);

static inline void histogram_add(struct histogram *histogram, u64 value)
{
	if (value < HISTOGRAM_EXACT) {
		histogram->bucket[value]++;
	} else {
		histogram_add_large(histogram, value);
	}
}

/* The number of values. */
u64 histogram_count(const struct histogram *histogram);

/* The least and the greatest value; 0 if empty. */
u64 histogram_min(const struct histogram *histogram);
u64 histogram_max(const struct histogram *histogram);

/* The lower bound of the bucket that holds the middle value; 0 if empty. */
u64 histogram_median(const struct histogram *histogram);
