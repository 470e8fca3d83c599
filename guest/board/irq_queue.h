/*
 * Interrupts of the legacy PICs that wait for a guest, first those that the
 * PICs rank higher. Pure.
 */
#pragma once

#include "lib/types.h"

#define IRQ_LINES 16

struct irq_queue {
	u32 waiting; /* bit n: line n */
	u8 vector_of[IRQ_LINES];
};

/* Line 2, where the slave hangs, is none. One that waits already waits once. */
void irq_queue_put(struct irq_queue *queue, int line, u8 vector);

static inline bool irq_queue_is_empty(const struct irq_queue *queue)
{
	return queue->waiting == 0;
}

/* The line of the highest rank, which waits no more; not of an empty queue. */
u8 irq_queue_take(struct irq_queue *queue);
