/*
 * A histogram of costs in ticks, fine for small values and coarse for large:
 * exact below 32, then four steps an octave. Minimum and maximum are exact.
 */
#pragma once

#include "lib/types.h"

#define HISTOGRAM_BUCKETS 108

struct histogram {
	u64 count;
	u64 min;
	u64 max;
	u32 bucket[HISTOGRAM_BUCKETS];
};

void histogram_reset(struct histogram *histogram);
void histogram_add(struct histogram *histogram, u64 value);

/* The lower bound of the bucket that holds the middle value; 0 if empty. */
u64 histogram_median(const struct histogram *histogram);
