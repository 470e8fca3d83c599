/*
 * The BIOS's tick count (40:6C) while no guest runs: IRQ 0 is masked then, so
 * the ticks that passed are added when the next guest begins.
 */
#pragma once

#include "guest/board/tick_debt.h"
#include "lib/types.h"

/* About 54.9 ms: 65536 periods of the PIT's 1,193,182 Hz. */
#define BIOS_TICK_US 54925u
#define BIOS_TICKS_A_DAY TICK_DEBT_A_DAY

/* Called when IRQ 0 is masked, and right before it is unmasked. Boot core. */
void bios_ticks_stop(void);
void bios_ticks_catch_up(void);
