/*
 * The one clock of a PC: its devices count ticks of the oscillator that the
 * first PC had, from which the timer and the ACPI timer divide theirs without a
 * remainder. Every function that needs the time is given it. Pure.
 */
#pragma once

#include "lib/types.h"

#define PC_CLOCK_HZ 14318180u
#define PC_CLOCK_PIT 12u /* ticks of ours for one of the 8254's */
#define PC_CLOCK_PM 4u	 /* and for one of the ACPI PM timer's */

/* For a deadline: nothing will happen by itself. */
#define PC_NEVER UINT64_MAX
