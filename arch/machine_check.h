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
 * says that nothing is lost; else panics. All cores get here at once, as a
 * rule: the one that panics stops the others.
 */
void machine_check_handle(const struct trap_frame *frame);

/*
 * What was corrected comes without an exception. Notes and clears the banks of
 * all cores; for a command. And the same if that is POLL_SECONDS ago. Boot
 * core, the others idle.
 */
#define MACHINE_CHECK_POLL_SECONDS 10
void machine_check_poll(void);
void machine_check_poll_now_and_then(void);
