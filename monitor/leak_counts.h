/*
 * How much there is of what may be lost: pages, VMCSs, timers and events of all
 * kinds. The same before and after a piece of work. Boot core, the others idle.
 */
#pragma once

#include "lib/types.h"

#define LEAK_COUNTS 5

struct leak_counts {
	u64 count[LEAK_COUNTS];
};

void leak_counts_begin(struct leak_counts *counts);

/*
 * Whether something differs; then text says what: "N free pages" before and
 * after.
 */
bool leak_counts_end(const struct leak_counts *counts, char *text, size_t size);
