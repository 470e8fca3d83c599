/*
 * The one PC of ours that commands make, run, look at and give up. It stays
 * between commands, on the core that made it. Boot core.
 */
#pragma once

#include "guest/system/pc_guest.h"
#include "lib/types.h"

struct virtual_pc_run {
	enum vcpu_end end;
	u64 exits, ticks;
};

/* Makes it on that core, giving up the one that there is. As pc_guest_init(). */
int virtual_pc_make(u32 core, const struct pc_guest_config *config);

/* NULL: there is none. */
struct pc_guest *virtual_pc(void);

/* Runs it on its core; there must be one. */
void virtual_pc_run(u64 timeout_ms, const char *until,
		    struct virtual_pc_run *run);

/* The report of a run that did not end well. */
void virtual_pc_report(void);

/* Gives it up, if there is one. */
void virtual_pc_stop(void);

/* "stopped", "poweroff", "reset", "timeout" or "fault". */
const char *virtual_pc_result(const struct virtual_pc_run *run);
