/*
 * The interrupts of a 16-bit guest's board, delivered through its IVT. On the
 * guest's core, its VMCS current, interrupts off.
 */
#pragma once

#include "guest/code16/guest16.h"

void guest16_irq_deliver_waiting(struct guest16 *guest);

/*
 * Before an entry, for a board with lines: delivers one interrupt that waits if
 * the guest can take it, else asks for an exit when it can. Before most entries
 * there is nothing to do.
 */
static inline void guest16_irq_deliver(struct guest16 *guest)
{
	if (unlikely(board_interrupt_waits(&guest->board) ||
		     guest->awaits_window)) {
		guest16_irq_deliver_waiting(guest);
	}
}

/* The same for any board. */
static inline void guest16_irq_deliver_if_any(struct guest16 *guest)
{
	if (board_has_lines(&guest->board)) {
		guest16_irq_deliver(guest);
	}
}
