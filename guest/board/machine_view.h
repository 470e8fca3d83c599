/*
 * The machine's devices go to a guest with the machine view while it runs, and
 * come back to the hypervisor after. On the boot core, interrupts off.
 */
#pragma once

#include "guest/code16/guest16.h"

/* Before the guest's state is set up. */
void machine_view_enter(void);

/* After the run; broken: it ended in the middle of something. */
void machine_view_leave(struct guest16 *guest, bool broken);
