/*
 * Time by the TSC, whose rate is measured once against a clock of known rate.
 */
#pragma once

#include "arch/cpu.h"
#include "lib/types.h"

/* Remembers when the kernel was entered; the first thing it does. */
void clock_start(void);

/*
 * Measures the TSC's and the local APIC timer's rates, against the first clock
 * that counts: the ACPI PM timer, the HPET, channel 2 of the PIT. What CPUID
 * tells exactly is taken instead, where the two agree. Takes 3 ms, and some
 * more for each clock that stands still.
 */
void clock_calibrate(void);

/* Where the rate is from, "measured against the ..."; returns the length. */
size_t clock_origin(char *text, size_t size);
u64 clock_tsc_khz(void);

/* Since clock_start(), in microseconds; 0 until calibrated. */
u64 clock_us(void);
u64 clock_us_to_tsc(u64 us);
u64 clock_tsc_to_us(u64 ticks);
void clock_delay_us(u64 us);

/*
 * Whether so many ticks of this core's TSC have passed since it showed `first`.
 * A TSC may show any value, as firmware and loaders can write it, and begin
 * anew in the middle of a wait: times are compared by their differences alone.
 */
static inline bool clock_has_passed(u64 first, u64 ticks)
{
	return rdtsc() - first >= ticks;
}
