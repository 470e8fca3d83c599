/*
 * The boot core alone receives PIC interrupts and runs the guests that take
 * them, so this state needs no lock. It outlives a guest's run: an interrupt
 * acknowledged as one run ended is delivered at the start of the next.
 */
#include "guest/pic_lines.h"

#include "arch/pic.h"
#include "arch/x86.h"
#include "vmm/vmcs.h"
#include "vmm/vmx_cap_bits.h"

static u32 pending; /* bit n: vector `vector_of[n]` of line n waits */
static u8 vector_of[16];
static u64 noted, delivered;

/* The order in which the PICs rank their lines: the slave hangs on line 2. */
static const u8 by_priority[] = { 0,  1,  8, 9, 10, 11, 12, 13,
				  14, 15, 3, 4, 5,  6,	7 };

void pic_lines_note(u8 vector)
{
	int line = pic_line_of_vector(vector);

	if (line < 0 || pic_is_spurious(line)) {
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

static void set_window_exiting(bool on)
{
	u64 controls = vmcs_read(VMCS_PROCBASED_CONTROLS);
	u64 wanted = on ? controls | PROCBASED_INTERRUPT_WINDOW_EXITING
			: controls & ~(u64)PROCBASED_INTERRUPT_WINDOW_EXITING;

	if (wanted != controls) {
		vmcs_write(VMCS_PROCBASED_CONTROLS, wanted);
	}
}

static bool can_take(void)
{
	u64 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);

	return (vmcs_read(VMCS_GUEST_RFLAGS) & RFLAGS_IF) != 0 &&
	       (blocking & (INTERRUPTIBILITY_STI | INTERRUPTIBILITY_MOV_SS)) ==
		       0;
}

void pic_lines_deliver(struct guest16 *guest)
{
	if (pending != 0 && can_take()) {
		for (size_t i = 0; i < ARRAY_SIZE(by_priority); i++) {
			u8 line = by_priority[i];

			if (pending & 1u << line) {
				pending &= ~(1u << line);
				delivered++;
				guest16_enter_vector(guest, vector_of[line]);
				break;
			}
		}
	}
	set_window_exiting(pending != 0);
}
