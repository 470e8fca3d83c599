/*
 * The machine-check architecture, by which the processor reports errors of its
 * hardware (SDM volume 3, Machine-Check Architecture).
 */
#pragma once

#include "arch/trap.h"

/*
 * On each core, interrupts off: notes and clears what the banks hold from
 * before the last reset, and makes every bank report.
 */
void machine_check_init_core(void);

/*
 * The #MC handler. Notes and clears the banks. It returns if the processor says
 * that nothing is lost; else it panics. Mostly all cores take a #MC at once;
 * the first that panics stops the others.
 */
void machine_check_handle(const struct trap_frame *frame);

/*
 * Corrected errors cause no exception. The first function notes and clears the
 * banks of all cores, for a command. The second does so if the last time is
 * MACHINE_CHECK_POLL_SECONDS ago. Boot core, the others idle.
 */
#define MACHINE_CHECK_POLL_SECONDS 10
void machine_check_poll(void);
void machine_check_poll_now_and_then(void);
