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
 * that counts: the HPET, the ACPI PM timer, channel 2 of the PIT. What the
 * processor tells exactly (CPUID 15h, with the model's crystal where it leaves
 * that out; MSR_PLATFORM_INFO) is taken instead where the two agree, and where
 * nothing counts, with CPUID 16h behind them. Takes 3 ms, and some more for
 * each clock that stands still.
 */
void clock_calibrate(void);

/* The rates, where they are from, and who was asked in which order. */
#define CLOCK_TEXT_BYTES 280
void clock_describe(char *text, size_t size);

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
