/*
 * BIOS calls on one core while another runs hostile programs: in the machine's
 * own first megabyte on the boot core, in a private one elsewhere.
 */
#pragma once

#include "lib/types.h"

struct hostile_calls {
	u32 core;
	bool stop; /* atomic: set by the core that waits for the calls' end */
	u64 good;
	const char *wrong; /* which call was, or NULL */

	/* The boot core's alone: INT 1Ah's count, and the time it stands for. */
	u64 ticks, us;
	u32 last_ticks;
	u64 last_us;
};

/*
 * On its core: makes one of each call; nothing where one was wrong. Ticks count
 * from the first time on.
 */
void hostile_calls_once(struct hostile_calls *calls);
/* The same until stop of the calls, which the argument is, is set. */
void hostile_calls_until_stopped(void *argument);

/* Whether the BIOS counted as many ticks as passed, but for one or two. */
bool hostile_calls_ticks_are_right(const struct hostile_calls *calls);
