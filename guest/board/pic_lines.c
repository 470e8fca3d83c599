/*
 * The boot core alone receives PIC interrupts and runs the guests that take
 * them, so this state needs no lock. It outlives a guest's run: an interrupt
 * acknowledged as one run ended is delivered at the start of the next.
 */
#include "guest/board/pic_lines.h"

#include "arch/fault_log.h"
#include "arch/pic.h"
#include "arch/x86.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx_cap_bits.h"

/*
 * Bit n: vector `vector_of[n]` of line n waits. There is no line 2, where the
 * slave PIC hangs, so `by_priority` has all there can be.
 */
static u32 pending;
static u8 vector_of[16];
static u64 noted, delivered;

/* The order in which the PICs rank their lines: the slave hangs on line 2. */
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
	pending |= 1u << line;
	vector_of[line] = vector;
	noted++;
}

bool pic_lines_pending(void)
{
	return pending != 0;
}

u64 pic_lines_noted(void)
{
	return noted;
}

u64 pic_lines_delivered(void)
{
	return delivered;
}

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
	size_t i = 0;
	u8 line;

	while (!(pending & 1u << by_priority[i])) {
		i++;
	}
	line = by_priority[i];
	pending &= ~(1u << line);
	delivered++;
	if (guest->watch.armed) {
		watch_irq(guest, line, vector_of[line]);
	}
	guest16_enter_vector(guest, vector_of[line]);
}

static __attribute__((noinline)) void deliver(struct guest16 *guest)
{
	bool wait;

	if (pending != 0 && can_take(guest)) {
		deliver_first(guest);
	}
	/* Where steps hold it back, they will see to it. */
	wait = pending != 0 && !guest->watch.shadow;
	if (unlikely(guest->awaits_window != wait)) {
		set_window_exiting(guest, wait);
	}
}

/* Before most calls there is nothing to do. */
void pic_lines_deliver(struct guest16 *guest)
{
	if (unlikely(pending != 0 || guest->awaits_window)) {
		deliver(guest);
	}
}
