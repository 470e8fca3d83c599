/*
 * The TSC's rate, worked out from what clocks have shown and from what the
 * processor says of itself. Pure; arch/clock.c reads the clocks.
 */
#pragma once

#include "lib/types.h"

/*
 * Three clocks read one after the other. `width` is how many ticks of the TSC
 * passed meanwhile: all three are right to so much, whatever came in between
 * (an SMI, most likely).
 */
struct clock_sample {
	u64 tsc;
	u64 counts; /* of the reference, which may wrap around */
	u32 apic;   /* of the local APIC's timer, counted upwards */
	u64 width;
};

struct clock_rate {
	u64 tsc_khz;
	u64 apic_khz;
	u64 error_ppm; /* at most so far off, as seen by the samples' widths */
};

/*
 * The rate between the two of `count` samples, in order of time, that tell it
 * best; the reference counts upwards at hz, within mask. What was counted is
 * divided by what was counted: how long that was meant to take plays no part.
 * False: the reference has not counted, or by samples that are next to each
 * other not evenly.
 */
bool clock_rate_best(const struct clock_sample *samples, u32 count, u64 hz,
		     u64 mask, struct clock_rate *rate);

/* Whether the two agree to one in 200. */
bool clock_rates_agree(u64 a_khz, u64 b_khz);

/*
 * By CPUID leaf 15h (EAX, EBX, ECX, EDX), and where that leaves out the rate of
 * the crystal, by what the SDM has for this processor (volume 3, "Time-Stamp
 * Counter", "Determining the Processor Base Frequency"). 0 where they do not
 * tell; *crystal_khz is what the local APIC's timer counts.
 */
u64 clock_rate_of_cpuid(const u32 leaf[4], u32 family, u32 model,
			u64 *crystal_khz);

/*
 * By MSR_PLATFORM_INFO: its maximum non-turbo ratio is that of the invariant
 * TSC to a bus clock that depends on the model (SDM volume 4, the tables of the
 * Core and Xeon families). 0 for a model of which the SDM says nothing such, and
 * for one of the Atom line, which has other buses.
 */
u64 clock_rate_of_platform(u64 value, u32 family, u32 model);
