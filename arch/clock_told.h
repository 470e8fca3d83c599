/*
 * The TSC's rate by the processor's own word. An emulator or hypervisor may
 * hand on the word of another processor: where a clock counts, it is asked too.
 */
#pragma once

#include "lib/types.h"

struct clock_told {
	const char *name; /* "CPUID 15h" */
	/* It is for show (CPUID 16h): taken where there is nothing else. */
	bool rough;
	/* The TSC's rate and the local APIC timer's; 0 for what is not told. */
	u64 (*ask)(u64 *apic_khz);
	u64 tsc_khz, apic_khz; /* what that has told */
};

/* In the order to believe them in; the last has no name. */
extern struct clock_told clock_told[];

void clock_told_ask_all(void);
