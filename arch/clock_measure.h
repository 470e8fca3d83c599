/* Measures the TSC's and the local APIC timer's rates against one clock. */
#pragma once

#include "arch/clock_rate.h"
#include "arch/clock_reference.h"

/*
 * Opens the reference, measures and closes it again; how it went is in its
 * state afterwards. Takes 3 ms, thrice that where pauses of the whole machine
 * (an SMI) spoil it, and some milliseconds for a clock that stands still. False:
 * it is of no use, and *rate is not written. The local APIC's timer must count,
 * if there is one. Boot core, interrupts off.
 */
bool clock_measure(struct clock_reference *reference, struct clock_rate *rate);
