/* Starts the machine's cores. Boot core, once. */
#pragma once

#include "lib/types.h"

/*
 * Sets the boot core up as core 0: guarded stacks for NMI, #DF and #MC. Returns
 * the top of its guarded main stack, or 0 without memory.
 */
u64 smp_init_boot_core(void);

/*
 * Starts the other cores of the ACPI tables by INIT-SIPI-SIPI, all at once, and
 * waits for them; at most limit cores in all (0: no limit). One that does not
 * start in SMP_PATIENCE_US, or then takes no interrupt as long, is named in the
 * log and left out. each_init: called on each of them, with interrupts off,
 * before it counts as there.
 */
void smp_start_all(u32 limit, void (*each_init)(void));
