/*
 * Exits counted per core and reason, with the ticks the host spent on each.
 */
#pragma once

#include "lib/histogram.h"
#include "lib/types.h"
#include "vmm/vmx/exit_reasons.h"

/* One core's; only that core writes it. */
struct exit_stats {
	struct histogram by_reason[EXIT_REASON_COUNT];
};

/* The statistics of core `index`, for exit_stats_note() on that core. */
struct exit_stats *exit_stats_of(u32 index);

/* Notes an exit that cost so many ticks. reason < EXIT_REASON_COUNT. */
static inline void exit_stats_note(struct exit_stats *stats,
				   enum exit_reason reason, u64 ticks)
{
	histogram_add(&stats->by_reason[reason], ticks);
}

/*
 * The same for short exits, whose ticks have a bucket of their own. False if
 * the exit was not short: then it is not noted.
 */
static inline bool exit_stats_note_short(struct exit_stats *stats,
					 enum exit_reason reason, u32 ticks)
{
	if (ticks >= HISTOGRAM_EXACT) {
		return false;
	}
	stats->by_reason[reason].bucket[ticks]++;
	return true;
}

/*
 * The ticks of core `index` on exits with that reason; NULL if there was none.
 */
const struct histogram *exit_stats_get(u32 index, u32 basic_reason);

/* How many exits of core `index` had that reason. */
u64 exit_stats_count(u32 index, u32 basic_reason);

/*
 * Makes room for all cores: once, when they have started. 0 or ERR_NO_MEMORY.
 */
int exit_stats_init(void);
/* Forgets the exits of all cores; only while no guest runs. */
void exit_stats_reset(void);
