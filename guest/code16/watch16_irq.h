/*
 * For guest/code16/guest16_irq.c, which the rest of the watch needs itself. On
 * the guest's core, its VMCS current, interrupts off.
 */
#pragma once

#include "guest/code16/guest16.h"

/* An interrupt is about to be delivered. line: the PIC's. */
void watch16_irq(struct guest16 *guest, u8 line, u8 vector);
