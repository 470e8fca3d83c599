/*
 * What must be the same before and after a piece of work: the number of pages,
 * VMCSs, timers and events of all kinds, and the boot core's registers. On the
 * boot core, the others idle.
 */
#pragma once

#include "lib/types.h"
#include "monitor/leak_counts.h"
#include "proof/host_check.h"

struct leak_check {
	struct leak_counts counts;
	struct host_check registers;
};

void leak_check_begin(struct leak_check *check);

/* As leak_counts_end(), but also compares the boot core's registers. */
bool leak_check_end(const struct leak_check *check, char *text, size_t size);
