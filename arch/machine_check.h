/*
 * The machine-check architecture: what the processor reports of errors in its
 * hardware (SDM volume 3, Machine-Check Architecture).
 */
#pragma once

#include "arch/trap.h"

/*
 * Each core, interrupts off: notes what is left in the banks from before the
 * last reset, clears it, and has every bank report.
 */
void machine_check_init_core(void);

/*
 * The #MC handler. Notes and clears the banks, and comes back if the processor
 * says that nothing is lost; else panics.
 */
void machine_check_handle(const struct trap_frame *frame);

/* "bank N: ..." in words and numbers. Returns its length. */
size_t machine_check_format(u32 bank, u64 status, u64 address, char *buf,
			    size_t size);
