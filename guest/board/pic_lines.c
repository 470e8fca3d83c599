/*
 * The boot core alone receives PIC interrupts and runs the guests that take
 * them, so this state needs no lock. There is one, as there is one pair of
 * PICs, and it outlives a guest's run: an interrupt acknowledged as one run
 * ended is delivered at the start of the next.
 */
/* build: hot */
#include "guest/board/pic_lines.h"

#include "arch/fault_log.h"
#include "arch/interrupt.h"
#include "arch/pic.h"

static struct {
	u32 waiting; /* bit n: line n's vector_of[n] */
	u8 vector_of[16];
	u64 noted, delivered;
} pics;

/*
 * The order in which the PICs rank their lines: the slave hangs on line 2,
 * which is no line of its own, so that these are all there can be.
 */
static const u8 by_priority[] = { 0,  1,  8, 9, 10, 11, 12, 13,
				  14, 15, 3, 4, 5,  6,	7 };

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
	pics.waiting |= 1u << line;
	pics.vector_of[line] = vector;
	pics.noted++;
}

const u32 *pic_lines_waiting(void)
{
	return &pics.waiting;
}

bool pic_lines_pending(void)
{
	return pics.waiting != 0;
}

u64 pic_lines_noted(void)
{
	return pics.noted;
}

u64 pic_lines_delivered(void)
{
	return pics.delivered;
}

static u8 take(struct board *board, u8 *line)
{
	size_t i = 0;

	(void)board;
	while (!(pics.waiting & 1u << by_priority[i])) {
		i++;
	}
	*line = by_priority[i];
	pics.waiting &= ~(1u << *line);
	pics.delivered++;
	return pics.vector_of[*line];
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
