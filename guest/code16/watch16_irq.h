/*
 * The part of the watch that guest/code16/guest16_irq.c calls. It has a header
 * of its own because the rest of the watch calls guest16_irq.c. On the guest's
 * core, its VMCS current, interrupts off.
 */
#pragma once

#include "guest/code16/guest16.h"

/* An interrupt is about to be delivered. line: the PIC's. */
void watch16_irq(struct guest16 *guest, u8 line, u8 vector);
