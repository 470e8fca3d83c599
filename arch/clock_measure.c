/*
 * Takes samples of the TSC, of a reference and of the local APIC's timer at
 * once; what they make is worked out by arch/clock_rate.c. No wait relies on a
 * rate, for none is known here.
 */
#include "arch/clock_measure.h"

#include "arch/cpu.h"
#include "arch/lapic.h"

#define SAMPLES 4
#define SAMPLE_US 1000 /* from one to the next */
#define READINGS 5     /* of which a sample is the one that took least */
#define ATTEMPTS 3
/*
 * A reference that shows the same for so many readings, or for so many of the
 * TSC's ticks and a few readings, stands still: on a PC that is a millisecond,
 * and the slowest of them counts each microsecond.
 */
#define STILL_READINGS 4096
#define STILL_READINGS_LEAST 64
#define STILL_TICKS 4000000
/* Some milliseconds of the fastest TSC; meant is one. */
#define MOST_TICKS 60000000

static u32 apic_counts(void)
{
	return lapic_present() ? lapic_timer_measure_elapsed() : 0;
}

static void take(const struct clock_reference *clock,
		 struct clock_sample *sample)
{
	sample->width = UINT64_MAX;
	for (u32 i = 0; i < READINGS; i++) {
		u64 tsc = rdtsc_ordered();
		u64 counts = clock->read(clock);
		u32 apic = apic_counts();
		u64 width = rdtsc_ordered() - tsc;

		if (width < sample->width) {
			*sample = (struct clock_sample){ .tsc = tsc,
							 .counts = counts,
							 .apic = apic,
							 .width = width };
		}
	}
}

static bool stands_still(u32 readings, u64 since)
{
	return readings >= STILL_READINGS ||
	       (readings >= STILL_READINGS_LEAST &&
		rdtsc() - since >= STILL_TICKS);
}

/* What has been counted is looked at first, however long a pause there was. */
static enum clock_state wait(const struct clock_reference *clock, u64 first,
			     u64 counts)
{
	u64 begin = rdtsc();
	u64 changed = begin;
	u64 last = first;
	u32 still = 0;

	for (;;) {
		u64 now = clock->read(clock);

		if (((now - first) & clock->mask) >= counts) {
			return CLOCK_COUNTS;
		}
		if (now != last) {
			last = now;
			still = 0;
			changed = rdtsc();
		} else if (stands_still(++still, changed)) {
			return CLOCK_STILL;
		}
		if (rdtsc() - begin >= MOST_TICKS) {
			return CLOCK_UNEVEN;
		}
	}
}

static enum clock_state measure_once(const struct clock_reference *clock,
				     struct clock_rate *rate)
{
	struct clock_sample samples[SAMPLES];

	take(clock, &samples[0]);
	for (u32 i = 1; i < SAMPLES; i++) {
		enum clock_state state = wait(clock, samples[i - 1].counts,
					      clock->hz * SAMPLE_US / 1000000);

		if (state != CLOCK_COUNTS) {
			return state;
		}
		take(clock, &samples[i]);
	}
	return clock_rate_best(samples, SAMPLES, clock->hz, clock->mask, rate)
		       ? CLOCK_COUNTS
		       : CLOCK_UNEVEN;
}

bool clock_measure(struct clock_reference *reference, struct clock_rate *rate)
{
	struct clock_rate found;

	reference->state = CLOCK_ABSENT;
	if (!reference->open(reference)) {
		return false;
	}
	/* A pause longer than it takes the counter to wrap looks uneven. */
	for (u32 i = 0; i < ATTEMPTS; i++) {
		reference->state = measure_once(reference, &found);
		if (reference->state != CLOCK_UNEVEN) {
			break;
		}
	}
	reference->close(reference);
	if (reference->state != CLOCK_COUNTS) {
		return false;
	}
	*rate = found;
	return true;
}
