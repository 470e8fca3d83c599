/* Delivers interrupts to a 16-bit guest, and waits until it can take them. */
/* build: hot */
#include "guest/code16/guest16_irq.h"

#include "arch/x86.h"
#include "guest/code16/engine.h"
#include "guest/code16/watch16_irq.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_state.h"

static __attribute__((noinline)) void await_window(struct guest16 *guest,
						   bool on)
{
	vcpu_await_interrupt_window(&guest->vcpu, on);
	guest->awaits_window = on;
}

/* One event at an entry is all there can be. */
static bool has_injection(const struct guest16 *guest)
{
	return guest->engine->injects &&
	       (vcpu_injection(&guest->vcpu) & INTERRUPTION_INFO_VALID) != 0;
}

static bool can_take(const struct guest16 *guest)
{
	return !has_injection(guest) &&
	       (vcpu_rflags(&guest->vcpu) & RFLAGS_IF) != 0 &&
	       !guest->watch.shadow && !vcpu_interrupt_shadow(&guest->vcpu);
}

static inline void deliver_first(struct guest16 *guest)
{
	u8 line;
	u8 vector = guest->board.kind->lines->take(&guest->board, &line);

	if (guest->watch.armed) {
		watch16_irq(guest, line, vector);
	}
	if (!guest->engine->injects) {
		guest16_enter_vector(guest, vector);
		return;
	}
	vcpu_inject(&guest->vcpu,
		    interruption_info_make(INTERRUPTION_TYPE_EXTERNAL_INTERRUPT,
					   vector, false),
		    0);
}

void guest16_irq_deliver_waiting(struct guest16 *guest)
{
	bool wait;

	if (board_interrupt_waits(&guest->board) && can_take(guest)) {
		deliver_first(guest);
	}
	/*
	 * If single steps hold the interrupt back, they deliver it themselves
	 * (guest/code16/watch16_step.c).
	 */
	wait = board_interrupt_waits(&guest->board) && !guest->watch.shadow;
	if (unlikely(guest->awaits_window != wait)) {
		await_window(guest, wait);
	}
}
