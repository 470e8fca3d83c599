/*
 * Makes BIOS calls on one core while another runs hostile programs: with the
 * board `machine` on the boot core, `private` elsewhere.
 */
#pragma once

#include "lib/types.h"

struct hostile_calls {
	u32 core;
	bool stop; /* atomic: set by the core that waits for the end */
	u64 good;
	const char *wrong; /* the call with a wrong result, or NULL */

	/*
	 * Of the boot core alone: the ticks by INT 1Ah, and the time in which
	 * they were counted.
	 */
	u64 ticks, us;
	u32 last_ticks;
	u64 last_us;
};

/*
 * On its core: makes one call of each kind, unless one had a wrong result
 * before. Ticks are counted from the first time on.
 */
void hostile_calls_once(struct hostile_calls *calls);
/*
 * The same again and again until `stop` is set. argument: the struct
 * hostile_calls.
 */
void hostile_calls_until_stopped(void *argument);

/*
 * Whether the BIOS has counted the right number of ticks; one or two may be
 * missing or too many.
 */
bool hostile_calls_ticks_are_right(const struct hostile_calls *calls);
