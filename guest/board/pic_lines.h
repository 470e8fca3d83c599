/*
 * Interrupts of the legacy PICs that were acknowledged by a VM exit and belong
 * to the BIOS: kept until a guest with the machine view takes them, through its
 * IVT. The BIOS's handler gives the EOI.
 */
#pragma once

#include "guest/code16/guest16.h"
#include "lib/types.h"

/* Notes an acknowledged vector of the PICs'; for interrupt_set_pic_handler(). */
void pic_lines_note(u8 vector);

/*
 * Before an entry: delivers one pending interrupt if the guest can take it,
 * else asks for an exit when it can.
 */
void pic_lines_deliver(struct guest16 *guest);

/* Whether one was noted and not delivered yet. */
bool pic_lines_pending(void);

/* How many were noted and how many delivered, since boot. */
u64 pic_lines_noted(void);
u64 pic_lines_delivered(void);
