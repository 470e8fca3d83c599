/* When a 16-bit guest can take an interrupt, and the wait until it can. */
#include "guest/code16/guest16_irq.h"

#include "arch/x86.h"
#include "guest/watch/watch.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx_cap_bits.h"

static __attribute__((noinline)) void set_window_exiting(struct guest16 *guest,
							 bool on)
{
	u64 controls = vmcs_read(VMCS_PROCBASED_CONTROLS);

	vmcs_write(VMCS_PROCBASED_CONTROLS,
		   on ? controls | PROCBASED_INTERRUPT_WINDOW_EXITING
		      : controls & ~(u64)PROCBASED_INTERRUPT_WINDOW_EXITING);
	guest->awaits_window = on;
}

static bool can_take(const struct guest16 *guest)
{
	u64 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);

	return (vmcs_read(VMCS_GUEST_RFLAGS) & RFLAGS_IF) != 0 &&
	       !guest->watch.shadow &&
	       (blocking & (INTERRUPTIBILITY_STI | INTERRUPTIBILITY_MOV_SS)) ==
		       0;
}

static inline void deliver_first(struct guest16 *guest)
{
	u8 line;
	u8 vector = guest->board.kind->lines->take(&guest->board, &line);

	if (guest->watch.armed) {
		watch_irq(guest, line, vector);
	}
	guest16_enter_vector(guest, vector);
}

void guest16_irq_deliver_waiting(struct guest16 *guest)
{
	bool wait;

	if (board_interrupt_waits(&guest->board) && can_take(guest)) {
		deliver_first(guest);
	}
	/* Where steps hold it back, they will see to it. */
	wait = board_interrupt_waits(&guest->board) && !guest->watch.shadow;
	if (unlikely(guest->awaits_window != wait)) {
		set_window_exiting(guest, wait);
	}
}
