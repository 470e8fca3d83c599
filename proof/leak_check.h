/*
 * What must be after a piece of work as it was before: pages, VMCSs, timers and
 * events of all kinds, and the boot core's registers. On the boot core, the
 * other cores idle.
 */
#pragma once

#include "lib/types.h"
#include "proof/host_check.h"

#define LEAK_CHECK_COUNTS 5

struct leak_counts {
	u64 count[LEAK_CHECK_COUNTS];
};

struct leak_check {
	struct leak_counts counts;
	struct host_check registers;
};

void leak_check_begin(struct leak_check *check);

/*
 * Whether something differs; then text says what: "N free pages" before and
 * after.
 */
bool leak_check_end(const struct leak_check *check, char *text, size_t size);

/* Both without the registers, which a core's first guest changes. */
void leak_counts_begin(struct leak_counts *counts);
bool leak_counts_end(const struct leak_counts *counts, char *text, size_t size);
