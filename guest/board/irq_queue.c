/* The order of waiting interrupts. Called by guest/board/pic_lines.c. Pure. */
/* build: pure hot */
#include "guest/board/irq_queue.h"

/*
 * The lines in the order of their priority. The slave PIC is on line 2 of the
 * master, and so are its lines 8-15.
 */
static const u8 by_rank[] = {
	0, 1, 8, 9, 10, 11, 12, 13, 14, 15, 3, 4, 5, 6, 7
};

void irq_queue_put(struct irq_queue *queue, int line, u8 vector)
{
	queue->waiting |= 1u << line;
	queue->vector_of[line] = vector;
}

u8 irq_queue_take(struct irq_queue *queue)
{
	size_t i = 0;

	while (!(queue->waiting & 1u << by_rank[i])) {
		i++;
	}
	queue->waiting &= ~(1u << by_rank[i]);
	return by_rank[i];
}
