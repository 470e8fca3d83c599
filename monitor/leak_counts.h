/*
 * Counts what may leak: pages, VMCSs, timers and events of all kinds. The
 * counts before and after a piece of work must be the same. Boot core, the
 * others idle.
 */
#pragma once

#include "lib/types.h"

#define LEAK_COUNTS 5

struct leak_counts {
	u64 count[LEAK_COUNTS];
};

void leak_counts_begin(struct leak_counts *counts);

/*
 * Whether some count has changed; text then says which: "N free pages" before
 * and after.
 */
bool leak_counts_end(const struct leak_counts *counts, char *text, size_t size);
