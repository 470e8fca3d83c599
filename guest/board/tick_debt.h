/*
 * The arithmetic of timer ticks that a BIOS has missed: the number of whole
 * ticks in a pause, and the new count of the day. Pure.
 */
#pragma once

#include "lib/types.h"

/* Ticks of 54.9 ms from midnight to midnight; BIOSes begin again at 0 then. */
#define TICK_DEBT_A_DAY 0x1800b0u

struct tick_debt {
	u64 tick_tsc; /* what one tick takes; at least 1 */
	u64 owed_tsc; /* less than a tick, from one pause to the next */
};

/*
 * The whole ticks of a pause and of what earlier ones left over. One fewer
 * where a tick `waits` in the PIC, from where it comes by itself.
 */
u64 tick_debt_take(struct tick_debt *debt, u64 pause_tsc, bool waits);

/*
 * The count, `ticks` later. *midnight is set if midnight has passed, else kept.
 */
u32 tick_debt_count(u32 count, u64 ticks, bool *midnight);
