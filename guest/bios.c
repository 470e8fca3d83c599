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
#include "arch/x86.h"
#include "guest/access_counts.h"
#include "guest/bios_area.h"
#include "guest/bios_ticks.h"
#include "guest/guest_uart.h"
#include "guest/io_policy.h"
#include "guest/pic_lines.h"
#include "guest/repair.h"
#include "lib/error.h"
#include "vmm/vmx.h"

/*
 * The caller's code, at the bottom of the default stack's segment: INT n, which
 * the processor executes faster than the host could act as it, and where called
 * code returns to.
 */
struct caller {
	u8 int_n[2];
	u8 vmcall[3];
} __attribute__((packed));

#define CALLER_SEGMENT BIOS_STACK_SEGMENT
#define RETURN_OFFSET offsetof(struct caller, vmcall)

int bios_init(void)
{
	interrupt_set_pic_handler(pic_lines_note);
	bios_ticks_stop();
	return io_policy_init();
}

int bios_guest_init(struct guest16 *guest, const struct engine *engine,
		    enum guest_view view, bool vme)
{
	int err;

	if (!bios_area_present()) {
		return ERR_UNSUPPORTED;
	}
	if (view == GUEST_VIEW_MACHINE &&
	    !memmap_is_ram(machine_memmap(), BIOS_STACK_SEGMENT << 4, 65536)) {
		log_error("BIOS calls in the machine view: no RAM at "
			  "20000h-2ffffh for their stack");
		return ERR_UNSUPPORTED;
	}
	err = guest16_init(guest, engine, view, vme);
	if (err != 0) {
		return err;
	}
	guest->return_cs = CALLER_SEGMENT;
	guest->return_ip = RETURN_OFFSET;
	guest->caller = guest_memory_at(&guest->memory, CALLER_SEGMENT << 4);
	if (guest->caller == NULL) {
		guest16_free(guest);
		return ERR_NO_MEMORY;
	}
	return 0;
}

void bios_guest_free(struct guest16 *guest)
{
	guest16_free(guest);
}

static void enter_machine_view(struct guest16 *guest)
{
	if (guest->memory.view != GUEST_VIEW_MACHINE) {
		return;
	}
	bios_ticks_catch_up();
	pic_give_to_guest();
}

static void leave_machine_view(struct guest16 *guest, enum vcpu_end end)
{
	if (guest->memory.view != GUEST_VIEW_MACHINE) {
		return;
	}
	if (end != VCPU_END_DONE) {
		repair_after(guest);
	}
	pic_take_from_guest();
	bios_ticks_stop();
	vga_text_sync_from_bda();
}

/* A call on its way to the core that makes it. */
struct call {
	struct guest16 *guest;
	struct bios_regs *regs;
	u32 timeout_ms;
	bool is_interrupt; /* else a far call to regs->cs:eip */
	u8 vector;
	enum vcpu_end end;
};

/* Each time, for a program may have used that memory for itself. */
static inline void write_caller(struct guest16 *guest, u8 vector)
{
	const struct caller caller = { .int_n = { 0xcd, vector },
				       .vmcall = { 0x0f, 0x01, 0xc1 } };

	__builtin_memcpy(guest->caller, &caller, sizeof(caller));
}

static void begin(struct guest16 *guest, const struct call *call)
{
	struct bios_regs *regs = call->regs;
	u16 segment = (u16)regs->cs;
	u16 offset = (u16)regs->eip;

	if (regs->esp == 0 && regs->ss == 0) {
		regs->ss = BIOS_STACK_SEGMENT;
		regs->esp = BIOS_STACK_TOP;
	}
	write_caller(guest, call->vector);
	regs->cs = CALLER_SEGMENT;
	regs->eip = call->is_interrupt ? 0 : RETURN_OFFSET;
	guest16_begin_call(guest, regs);
	if (!call->is_interrupt) {
		guest16_call_far(guest, segment, offset);
	}
}

static enum vcpu_end run(struct guest16 *guest, u32 timeout_ms)
{
	if (guest->memory.view == GUEST_VIEW_MACHINE) {
		pic_lines_deliver(guest);
	}
	return vcpu_run(&guest->vcpu, timeout_ms * 1000ul);
}

static void make_call(void *argument)
{
	struct call *call = argument;
	struct guest16 *guest = call->guest;

	vcpu_load(&guest->vcpu);
	enter_machine_view(guest);
	begin(guest, call);
	if (call->is_interrupt) {
		access_counts_note_int(guest->access_counts, call->vector);
	}
	call->end = run(guest, call->timeout_ms);
	leave_machine_view(guest, call->end);
	guest_uart_flush();
	if (call->end == VCPU_END_DONE) {
		guest16_end_call(guest, call->regs);
		call->regs->cs = 0;
		call->regs->eip = 0;
		return;
	}
	guest16_get_regs(guest, call->regs);
	if (call->end == VCPU_END_REFUSED) {
		/* As a BIOS says that it cannot: nobody may take it for done. */
		call->regs->eflags |= (u32)RFLAGS_CF;
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

enum vcpu_end bios_call(struct guest16 *guest, u8 vector,
			struct bios_regs *regs, u32 timeout_ms)
{
	struct call call = { .guest = guest,
			     .regs = regs,
			     .timeout_ms = timeout_ms,
			     .is_interrupt = true,
			     .vector = vector };

	return call_on_right_core(&call);
}

enum vcpu_end bios_far_call(struct guest16 *guest, struct bios_regs *regs,
			    u32 timeout_ms)
{
	struct call call = { .guest = guest,
			     .regs = regs,
			     .timeout_ms = timeout_ms };

	return call_on_right_core(&call);
}
