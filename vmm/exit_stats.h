/*
 * Exits counted per core and reason, with the ticks the host spent on each.
 */
#pragma once

#include "lib/histogram.h"
#include "lib/types.h"
#include "vmm/exit_reasons.h"

/* Notes an exit of the calling core that cost so many ticks. */
void exit_stats_note(u32 basic_reason, u64 ticks);

/* Of core `index`; NULL where that reason never occurred there. */
const struct histogram *exit_stats_get(u32 index, u32 basic_reason);

/* How often it occurred there. */
u64 exit_stats_count(u32 index, u32 basic_reason);

/* Once, when all cores are up. 0 or ERR_NO_MEMORY. */
int exit_stats_init(void);
void exit_stats_reset(void);
