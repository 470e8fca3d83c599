/* Notes the interrupts that a 16-bit guest is about to get. */
#include "guest/code16/watch16_irq.h"

void watch16_irq(struct guest16 *guest, u8 line, u8 vector)
{
	struct trace_event *event;

	/*
	 * Single steps must know of it, too: the next step is the handler's
	 * first instruction and not a result of the last one.
	 */
	if ((!watch_kind_wanted(&guest->vcpu, TRACE_IRQ) ||
	     !watch_vector_wanted(vector)) &&
	    !guest->watch.stepping) {
		return;
	}
	guest->watch.interrupted = true;
	event = trace_add(&guest->vcpu, TRACE_IRQ);
	if (event != NULL) {
		event->vector = vector;
		event->flags = line;
		event->depth = (u8)guest->watch.depth;
	}
}
