/*
 * Restores what a VM exit has loaded from a damaged host state, after an entry
 * that the processor should have refused. On the boot core, interrupts off.
 */
#pragma once

/* Remembers the calling core's state, which is right now. */
void host_repair_begin(void);

/*
 * Loads all that the tried damages may harm: selectors, descriptor tables, TSS
 * and MSRs. (Not CR0.NE, which makes no difference here.)
 */
void host_repair(void);
