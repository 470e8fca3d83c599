/*
 * A BIOS call: a stack frame as INT n or a far call leaves it, whose return
 * address leads to a VMCALL; then the guest runs until that VMCALL.
 */
#include "guest/bios.h"

#include "arch/interrupt.h"
#include "arch/log.h"
#include "arch/machine.h"
#include "arch/smp.h"
#include "arch/x86.h"
#include "guest/access_counts.h"
#include "guest/bios_area.h"
#include "guest/bios_ticks.h"
#include "guest/guest16_run.h"
#include "guest/guest_uart.h"
#include "guest/io_policy.h"
#include "guest/machine_view.h"
#include "guest/pic_lines.h"
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

static bool find_caller(struct guest16 *guest)
{
	guest->caller = guest_memory_at(&guest->memory, CALLER_SEGMENT << 4);
	return guest->caller != NULL;
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
	if (!find_caller(guest)) {
		guest16_free(guest);
		return ERR_NO_MEMORY;
	}
	return 0;
}

int bios_guest_renew(struct guest16 *guest)
{
	guest_memory_renew(&guest->memory);
	vcpu_forget_fpu(&guest->vcpu);
	guest->cmos_index = 0;
	guest->kbc_output_port = false;
	guest->kept = false;
	return find_caller(guest) ? 0 : ERR_NO_MEMORY;
}

void bios_guest_free(struct guest16 *guest)
{
	guest16_free(guest);
}

/* Each time, for a program may have used that memory for itself. */
static inline void write_caller(struct guest16 *guest, u8 vector)
{
	struct caller *caller = guest->caller;

	caller->int_n[0] = 0xcd;
	caller->int_n[1] = vector;
	caller->vmcall[0] = 0x0f;
	caller->vmcall[1] = 0x01;
	caller->vmcall[2] = 0xc1;
}

static inline void set_default_stack(struct bios_regs *regs)
{
	if ((regs->esp | regs->ss) == 0) {
		regs->ss = BIOS_STACK_SEGMENT;
		regs->esp = BIOS_STACK_TOP;
	}
}

static __attribute__((noinline)) void
failed(struct guest16 *guest, enum vcpu_end end, struct bios_regs *regs)
{
	guest->kept = false;
	guest16_get_regs(guest, regs);
	if (end == VCPU_END_REFUSED) {
		/* As a BIOS says that it cannot: nobody may take it for done. */
		regs->eflags |= (u32)RFLAGS_CF;
	}
}

/* The vector of a call that is none of an interrupt, but of regs->cs:eip. */
#define FAR_CALL (-1)

/*
 * The body of all calls, once for each kind of them with what it is made of in
 * line: every tick of it is one of each call.
 */
static inline __attribute__((always_inline)) enum vcpu_end
call(struct guest16 *guest, bool machine, bool far, u8 vector,
     struct bios_regs *regs, u32 timeout_ms)
{
	enum vcpu_end end;

	vcpu_load(&guest->vcpu);
	set_default_stack(regs);
	write_caller(guest, vector);
	if (!far) {
		access_counts_note_int(guest->access_counts, vector);
	}
	guest16_begin_call(guest, regs, far ? RETURN_OFFSET : 0);
	if (far) {
		guest16_call_far(guest, (u16)regs->cs, (u16)regs->eip);
	}
	end = guest16_run(guest, machine, timeout_ms * 1000ul);
	if (unlikely(end != VCPU_END_DONE)) {
		failed(guest, end, regs);
	} else {
		guest16_end_call(guest, regs);
	}
	if (unlikely(guest->used_uart)) {
		guest->used_uart = false;
		guest_uart_flush();
	}
	return end;
}

/* On the boot core. */
static __attribute__((flatten)) enum vcpu_end
call_in_machine(struct guest16 *guest, int vector, struct bios_regs *regs,
		u32 timeout_ms)
{
	enum vcpu_end end;

	machine_view_enter();
	end = call(guest, true, vector == FAR_CALL, (u8)vector, regs,
		   timeout_ms);
	machine_view_leave(guest, end != VCPU_END_DONE);
	return end;
}

/* A call on its way to the boot core. */
struct request {
	struct guest16 *guest;
	struct bios_regs *regs;
	int vector;
	u32 timeout_ms;
	enum vcpu_end end;
};

static void serve(void *argument)
{
	struct request *request = argument;

	request->end = call_in_machine(request->guest, request->vector,
				       request->regs, request->timeout_ms);
}

static __attribute__((noinline)) enum vcpu_end
ask_boot_core(struct guest16 *guest, int vector, struct bios_regs *regs,
	      u32 timeout_ms)
{
	struct request request = { .guest = guest,
				   .regs = regs,
				   .vector = vector,
				   .timeout_ms = timeout_ms };

	smp_call_boot_core(serve, &request);
	return request.end;
}

/* The machine's BIOS and its interrupts belong to the boot core. */
static __attribute__((noinline)) enum vcpu_end
call_machine(struct guest16 *guest, int vector, struct bios_regs *regs,
	     u32 timeout_ms)
{
	return this_cpu_index() == 0
		       ? call_in_machine(guest, vector, regs, timeout_ms)
		       : ask_boot_core(guest, vector, regs, timeout_ms);
}

static inline bool is_private(const struct guest16 *guest)
{
	return guest->memory.view != GUEST_VIEW_MACHINE;
}

__attribute__((flatten)) enum vcpu_end bios_call(struct guest16 *guest,
						 u8 vector,
						 struct bios_regs *regs,
						 u32 timeout_ms)
{
	if (!is_private(guest)) {
		return call_machine(guest, vector, regs, timeout_ms);
	}
	return call(guest, false, false, vector, regs, timeout_ms);
}

__attribute__((flatten)) enum vcpu_end
bios_far_call(struct guest16 *guest, struct bios_regs *regs, u32 timeout_ms)
{
	if (!is_private(guest)) {
		return call_machine(guest, FAR_CALL, regs, timeout_ms);
	}
	return call(guest, false, true, 0, regs, timeout_ms);
}
