/*
 * A BIOS call: a stack frame as INT n or a far call leaves it, whose return
 * address leads to a VMCALL; then the guest runs until that VMCALL.
 */
#include "guest/bios.h"

#include "arch/interrupt.h"
#include "arch/lapic.h"
#include "arch/log.h"
#include "arch/machine.h"
#include "arch/percpu.h"
#include "arch/pic.h"
#include "arch/spinlock.h"
#include "arch/vga_text.h"
#include "guest/bios_area.h"
#include "guest/guest_uart.h"
#include "guest/io_policy.h"
#include "guest/pic_lines.h"
#include "lib/error.h"
#include "vmm/vmx.h"

/* The bottom of the default stack's segment: where returning code arrives. */
#define RETURN_SEGMENT BIOS_STACK_SEGMENT
#define RETURN_OFFSET 0
static const u8 vmcall_instruction[] = { 0x0f, 0x01, 0xc1 };

/* Guests with the machine view share the one BIOS: one runs at a time. */
static struct spinlock machine_view = SPINLOCK_INIT;

int bios_init(void)
{
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
	spinlock_lock(&machine_view);
	if (this_cpu()->index == 0) {
		pic_give_to_guest();
	}
}

static void leave_machine_view(struct v86 *guest)
{
	if (guest->memory.view != GUEST_VIEW_MACHINE) {
		return;
	}
	if (this_cpu()->index == 0) {
		pic_take_from_guest();
	}
	vga_text_sync_from_bda();
	spinlock_unlock(&machine_view);
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

static enum vcpu_end run(struct v86 *guest, struct bios_regs *regs,
			 u32 timeout_ms)
{
	enum vcpu_end end;

	if (guest->memory.view == GUEST_VIEW_MACHINE) {
		pic_lines_deliver(guest);
	}
	end = vcpu_run(&guest->vcpu, timeout_ms * 1000ul);
	leave_machine_view(guest);
	guest_uart_flush();
	v86_get_regs(guest, regs);
	if (end == VCPU_END_DONE) {
		regs->cs = 0;
		regs->eip = 0;
	}
	return end;
}

enum vcpu_end bios_call(struct v86 *guest, u8 vector, struct bios_regs *regs,
			u32 timeout_ms)
{
	vcpu_load(&guest->vcpu);
	enter_machine_view(guest);
	prepare(guest, regs);
	v86_enter_vector(guest, vector);
	return run(guest, regs, timeout_ms);
}

enum vcpu_end bios_far_call(struct v86 *guest, struct bios_regs *regs,
			    u32 timeout_ms)
{
	u16 segment = (u16)regs->cs;
	u16 offset = (u16)regs->eip;

	vcpu_load(&guest->vcpu);
	enter_machine_view(guest);
	prepare(guest, regs);
	v86_call_far(guest, segment, offset);
	return run(guest, regs, timeout_ms);
}
