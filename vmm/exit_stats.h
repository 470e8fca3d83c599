/*
 * Exits counted per core and reason, with the ticks the host spent on each.
 */
#pragma once

#include "lib/histogram.h"
#include "lib/types.h"
#include "vmm/exit_reasons.h"

/* One core's; only that core writes it. */
struct exit_stats {
	/* A load is shorter than to multiply by such a size. */
	struct histogram *by_reason[EXIT_REASON_COUNT];
	struct histogram histograms[EXIT_REASON_COUNT];
};

/* Those of core `index`, for exit_stats_note() on that core. */
struct exit_stats *exit_stats_of(u32 index);

/*
 * Notes an exit that cost so many ticks. basic_reason < EXIT_REASON_COUNT; each
 * exit comes here, so it is short.
 */
static inline void exit_stats_note(struct exit_stats *stats, u32 basic_reason,
				   u64 ticks)
{
	histogram_add(stats->by_reason[basic_reason], ticks);
}

/* Of core `index`; NULL where that reason never occurred there. */
const struct histogram *exit_stats_get(u32 index, u32 basic_reason);

/* How often it occurred there. */
u64 exit_stats_count(u32 index, u32 basic_reason);

/* Once, when all cores are up. 0 or ERR_NO_MEMORY. */
int exit_stats_init(void);
void exit_stats_reset(void);
