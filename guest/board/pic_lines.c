/*
 * The interrupts of the PICs that wait for a guest. Only the boot core receives
 * PIC interrupts and runs guests that take them, so no lock is needed. There is
 * one queue, as there is one pair of PICs, and it outlives a guest's run: an
 * interrupt that was acknowledged at the end of one run is delivered at the
 * start of the next.
 */
/* build: hot */
#include "guest/board/pic_lines.h"

#include "arch/fault_log.h"
#include "arch/interrupt.h"
#include "arch/pic.h"
#include "guest/board/irq_queue.h"

static struct irq_queue queue;
static u64 noted, delivered;

void pic_lines_note(u8 vector)
{
	int line = pic_line_of_vector(vector);

	if (line < 0 || line == PIC_LINE_CASCADE) {
		return;
	}
	if (pic_is_spurious(line)) {
		fault_log_interrupt(vector);
		return;
	}
	irq_queue_put(&queue, line, vector);
	noted++;
}

bool pic_lines_drop(int line)
{
	if (!(queue.waiting & 1u << line)) {
		return false;
	}
	queue.waiting &= ~(1u << line);
	noted--;
	pic_end(line);
	return true;
}

const u32 *pic_lines_waiting(void)
{
	return &queue.waiting;
}

bool pic_lines_pending(void)
{
	return !irq_queue_is_empty(&queue);
}

u64 pic_lines_noted(void)
{
	return noted;
}

u64 pic_lines_delivered(void)
{
	return delivered;
}

static u8 take(struct board *board, u8 *line)
{
	(void)board;
	*line = irq_queue_take(&queue);
	delivered++;
	return queue.vector_of[*line];
}

static void wait(struct board *board, u32 us)
{
	(void)board;
	interrupt_wait_for_pic(us);
}

const struct board_lines pic_lines = {
	.take = take,
	.wait = wait,
};
