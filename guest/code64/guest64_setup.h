/*
 * What a 64-bit guest starts with. On the guest's core, its VMCS current,
 * interrupts off.
 */
#pragma once

#include "guest/code64/guest64.h"

/* What exits, and the state a program starts with. As guest64_init(). */
int guest64_set_up(struct guest64 *guest);
