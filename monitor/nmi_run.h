/*
 * Sends NMIs to a core one by one, each after the one before was taken: while a
 * guest runs there, or in root mode.
 */
#pragma once

#include "lib/types.h"

struct nmi_run {
	u64 sent;
	u64 counted;	   /* by the core's own counter */
	u64 by_exit;	   /* those that ended a stay in the guest */
	char problem[120]; /* "" if all went well */
};

/*
 * Sends count NMIs to core `index` while its guest waits. Another core sends
 * them; if there is none, nothing is sent and problem says so.
 */
void nmi_run_in_guest(struct nmi_run *run, u32 index, u64 count);

/* The same while the core is in root mode. It may send them to itself. */
void nmi_run_in_root(struct nmi_run *run, u32 index, u64 count);
