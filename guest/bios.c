/*
 * A BIOS call: a stack frame as INT n or a far call leaves it, whose return
 * address leads to a VMCALL; then the guest runs until that VMCALL.
 */
#include "guest/bios.h"

#include "arch/interrupt.h"
#include "arch/log.h"
#include "arch/machine.h"
#include "arch/pic.h"
#include "arch/smp.h"
#include "arch/vga_text.h"
#include "guest/bios_area.h"
#include "guest/bios_ticks.h"
#include "guest/guest_uart.h"
#include "guest/io_policy.h"
#include "guest/pic_lines.h"
#include "lib/error.h"
#include "vmm/vmx.h"

/* The bottom of the default stack's segment: where returning code arrives. */
#define RETURN_SEGMENT BIOS_STACK_SEGMENT
#define RETURN_OFFSET 0
static const u8 vmcall_instruction[] = { 0x0f, 0x01, 0xc1 };

int bios_init(void)
{
	interrupt_set_pic_handler(pic_lines_note);
	bios_ticks_stop();
	return io_policy_init();
}

int bios_guest_init(struct v86 *guest, enum guest_view view, bool vme)
{
	if (!bios_area_present()) {
		return ERR_UNSUPPORTED;
	}
	if (view == GUEST_VIEW_MACHINE &&
	    !memmap_is_ram(machine_memmap(), BIOS_STACK_SEGMENT << 4, 65536)) {
		log_error("BIOS calls in the machine view: no RAM at "
			  "20000h-2ffffh for their stack");
		return ERR_UNSUPPORTED;
	}
	return v86_init(guest, view, vme);
}

void bios_guest_free(struct v86 *guest)
{
	v86_free(guest);
}

static void enter_machine_view(struct v86 *guest)
{
	if (guest->memory.view != GUEST_VIEW_MACHINE) {
		return;
	}
	bios_ticks_catch_up();
	pic_give_to_guest();
}

static void leave_machine_view(struct v86 *guest)
{
	if (guest->memory.view != GUEST_VIEW_MACHINE) {
		return;
	}
	pic_take_from_guest();
	bios_ticks_stop();
	vga_text_sync_from_bda();
}

/* The caller's registers, CS:IP being where the called code returns to. */
static void prepare(struct v86 *guest, struct bios_regs *regs)
{
	if (regs->esp == 0 && regs->ss == 0) {
		regs->ss = BIOS_STACK_SEGMENT;
		regs->esp = BIOS_STACK_TOP;
	}
	regs->cs = RETURN_SEGMENT;
	regs->eip = RETURN_OFFSET;
	guest->return_cs = RETURN_SEGMENT;
	guest->return_ip = RETURN_OFFSET;
	guest_memory_write(&guest->memory,
			   (RETURN_SEGMENT << 4) + RETURN_OFFSET,
			   vmcall_instruction, sizeof(vmcall_instruction));
	v86_set_regs(guest, regs);
}

/* A call on its way to the core that makes it. */
struct call {
	struct v86 *guest;
	struct bios_regs *regs;
	u32 timeout_ms;
	bool is_interrupt; /* else a far call to regs->cs:eip */
	u8 vector;
	enum vcpu_end end;
};

static void make_call(void *argument)
{
	struct call *call = argument;
	struct v86 *guest = call->guest;
	u16 segment = (u16)call->regs->cs;
	u16 offset = (u16)call->regs->eip;

	vcpu_load(&guest->vcpu);
	enter_machine_view(guest);
	prepare(guest, call->regs);
	if (call->is_interrupt) {
		v86_enter_vector(guest, call->vector);
	} else {
		v86_call_far(guest, segment, offset);
	}
	if (guest->memory.view == GUEST_VIEW_MACHINE) {
		pic_lines_deliver(guest);
	}
	call->end = vcpu_run(&guest->vcpu, call->timeout_ms * 1000ul);
	leave_machine_view(guest);
	guest_uart_flush();
	v86_get_regs(guest, call->regs);
	if (call->end == VCPU_END_DONE) {
		call->regs->cs = 0;
		call->regs->eip = 0;
	}
}

/* The machine's BIOS and its interrupts belong to the boot core. */
static enum vcpu_end call_on_right_core(struct call *call)
{
	if (call->guest->memory.view == GUEST_VIEW_MACHINE) {
		smp_call_boot_core(make_call, call);
	} else {
		make_call(call);
	}
	return call->end;
}

enum vcpu_end bios_call(struct v86 *guest, u8 vector, struct bios_regs *regs,
			u32 timeout_ms)
{
	struct call call = { .guest = guest,
			     .regs = regs,
			     .timeout_ms = timeout_ms,
			     .is_interrupt = true,
			     .vector = vector };

	return call_on_right_core(&call);
}

enum vcpu_end bios_far_call(struct v86 *guest, struct bios_regs *regs,
			    u32 timeout_ms)
{
	struct call call = { .guest = guest,
			     .regs = regs,
			     .timeout_ms = timeout_ms };

	return call_on_right_core(&call);
}
