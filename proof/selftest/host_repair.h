/*
 * Puts back what a VM exit loads of a damaged host state: for entries with one
 * that the processor has let pass. On the boot core, interrupts off.
 */
#pragma once

/* Remembers the calling core's state as it is; it is right. */
void host_repair_begin(void);

/*
 * Loads all that the rows of the damages may harm which are tried: selectors,
 * descriptor tables, TSS and MSRs. (CR0.NE is not: it means nothing here.)
 */
void host_repair(void);
