/* Around vcpu_run(), what every run of a 16-bit guest needs. */
#pragma once

#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "guest/code16/guest16_irq.h"
#include "guest/code16/watch16.h"

/*
 * Runs the loaded guest, whose registers are set: watched, if anything is to be
 * watched and its engine can be, and with the interrupts that wait for it. As
 * vcpu_run().
 */
static inline enum vcpu_end guest16_run(struct guest16 *guest, u64 timeout_us)
{
	const struct board_kind *board = guest->board.kind;
	enum vcpu_end end;

	if (watch_wanted() && !guest->engine->injects) {
		watch16_begin(guest);
	}
	if (board->begin != NULL) {
		board->begin(&guest->board);
	}
	guest16_irq_deliver_if_any(guest);
	end = vcpu_run(&guest->vcpu, timeout_us);
	if (board->end != NULL) {
		board->end(&guest->board);
	}
	if (guest->vcpu.trace != 0) {
		watch16_end(guest);
	}
	return end;
}
