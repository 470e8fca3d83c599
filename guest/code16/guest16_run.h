/* Around vcpu_run(), what every run of a 16-bit guest needs. */
#pragma once

#include "guest/code16/guest16.h"
#include "guest/code16/guest16_irq.h"
#include "guest/watch/watch.h"

/*
 * Runs the loaded guest, whose registers are set: watched, if anything is to be
 * watched, and with the interrupts that wait for it. As vcpu_run().
 */
static inline enum vcpu_end guest16_run(struct guest16 *guest, u64 timeout_us)
{
	if (watch_wanted()) {
		return watch_run(guest, timeout_us);
	}
	guest16_irq_deliver_if_any(guest);
	return vcpu_run(&guest->vcpu, timeout_us);
}
