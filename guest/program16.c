/*
 * The run of a program, on its core, interrupts off. The way back is a VMCALL
 * in the BIOS data area, and not where bios_call() has its own: a program may
 * use all of low memory.
 */
#include "guest/program16.h"

#include "arch/machine.h"
#include "arch/smp.h"
#include "arch/x86.h"
#include "guest/abi.h"
#include "guest/bios_area.h"
#include "guest/guest16_run.h"
#include "guest/guest_uart.h"
#include "guest/machine_view.h"
#include "guest/v86_program.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "vmm/vmcs.h"

#define RETURN_ADDRESS                                                         \
	far_to_linear(PROGRAM_RETURN_SEGMENT, PROGRAM_RETURN_OFFSET)
#define FAR_CALL_BYTES 4u

static const u8 vmcall_code[] = { 0x0f, 0x01, 0xc1 };

static_assert((PROGRAM_RETURN_SEGMENT << 4) + PROGRAM_RETURN_OFFSET +
			      sizeof(vmcall_code) <=
		      PROGRAM_LOWEST,
	      "no image overwrites its way back");

struct bios_regs program16_regs(const struct program16 *program)
{
	const u16 segment = program->at.segment;

	return (struct bios_regs){ .eflags = RFLAGS_IF | RFLAGS_FIXED_1,
				   .esp = PROGRAM_STACK_TOP,
				   .ds = segment,
				   .es = segment,
				   .ss = segment };
}

/* Where what the BIOS leaves to programs ends. */
static u32 memory_end(void)
{
	u32 end = bios_area_read16(BDA_MEMORY_KIB) * (u32)KIB;
	u32 ebda = (u32)bios_area_read16(BDA_EBDA_SEGMENT) << 4;

	end = MIN(end, GUEST_LOW_END);
	return ebda > PROGRAM_LOWEST ? MIN(end, ebda) : end;
}

static bool is_free(u64 start, u64 bytes, enum guest_view view)
{
	return start >= PROGRAM_LOWEST && start + bytes <= memory_end() &&
	       (view != GUEST_VIEW_MACHINE ||
		memmap_is_ram(machine_memmap(), start, bytes));
}

int program16_check(const struct program16 *program,
		    const struct bios_regs *regs, enum guest_view view,
		    char *why, size_t size)
{
	u64 start = far_to_linear(program->at.segment, program->at.offset);
	u64 end = start + program->bytes;
	u64 stack =
		far_to_linear((u16)regs->ss, (u16)(regs->esp - FAR_CALL_BYTES));

	if (program->bytes == 0) {
		fmt_snprintf(why, size,
			     "the file is empty; the module's image; give one "
			     "with code in it");
		return ERR_RANGE;
	}
	if (!is_free(start, program->bytes, view)) {
		fmt_snprintf(why, size,
			     "an image of %lu bytes has no room at %04x:%04x; "
			     "%05lx-%05lx; programs may have %05x-%05x",
			     program->bytes, program->at.segment,
			     program->at.offset, start, end - 1, PROGRAM_LOWEST,
			     memory_end() - 1);
		return ERR_RANGE;
	}
	if (!is_free(stack, FAR_CALL_BYTES, view) ||
	    (stack < end && start < stack + FAR_CALL_BYTES)) {
		fmt_snprintf(why, size,
			     "the return address at %05lx is in the image or "
			     "outside %05x-%05x; SS:SP %04x:%04x; give another "
			     "stack by ss= and esp=",
			     stack, PROGRAM_LOWEST, memory_end() - 1,
			     regs->ss & 0xffff, regs->esp & 0xffff);
		return ERR_RANGE;
	}
	return 0;
}

int program16_load(struct guest16 *guest, const struct program16 *program)
{
	return guest_memory_write(&guest->memory,
				  far_to_linear(program->at.segment,
						program->at.offset),
				  program->image, program->bytes);
}

/* A run on its way to the core that makes it. */
struct run {
	struct guest16 *guest;
	const struct program16 *program;
	struct bios_regs *regs;
	u64 timeout_us;
	enum vcpu_end end;
};

static void enter(struct guest16 *guest, const struct run *run)
{
	guest16_begin_call(guest, run->regs, PROGRAM_RETURN_OFFSET);
	guest16_call_far(guest, run->program->at.segment,
			 run->program->at.offset);
}

static bool has_returned(const struct guest16 *guest,
			 const struct bios_regs *regs)
{
	return regs->cs == guest->return_cs && regs->eip == guest->return_ip;
}

/* What a program set is no business of the calls that follow it. */
static void forget_program(struct guest16 *guest)
{
	guest->kept = false;
	v86_program_init(guest);
	vmcs_write(VMCS_GUEST_DR7, DR7_RESET);
}

static void run_here(struct run *run)
{
	struct guest16 *guest = run->guest;
	u8 *way_back = guest_memory_at(&guest->memory, RETURN_ADDRESS);
	u8 saved[sizeof(vmcall_code)];
	bool is_machine = guest->memory.view == GUEST_VIEW_MACHINE;
	bool returned;

	vcpu_load(&guest->vcpu);
	if (way_back == NULL) {
		vcpu_stop(&guest->vcpu, VCPU_END_REFUSED,
			  "no memory for the guest's page 0");
		run->end = guest->vcpu.end;
		return;
	}
	memcpy(saved, way_back, sizeof(saved));
	memcpy(way_back, vmcall_code, sizeof(vmcall_code));
	if (is_machine) {
		machine_view_enter();
	}
	guest->kept = false;
	enter(guest, run);
	run->end = guest16_run(guest, is_machine, run->timeout_us);
	guest_uart_flush();
	guest16_get_regs(guest, run->regs);
	returned = run->end == VCPU_END_DONE && has_returned(guest, run->regs);
	if (is_machine) {
		machine_view_leave(guest, !returned);
	}
	memcpy(way_back, saved, sizeof(saved));
	forget_program(guest);
	if (returned) {
		run->regs->cs = 0;
		run->regs->eip = 0;
	}
}

static void make_run(void *argument)
{
	struct run *run = argument;
	struct guest16 *guest = run->guest;
	const u16 return_cs = guest->return_cs;
	const u16 return_ip = guest->return_ip;

	guest->return_cs = PROGRAM_RETURN_SEGMENT;
	guest->return_ip = PROGRAM_RETURN_OFFSET;
	guest->hlt_ends = true;
	guest->kept = false;
	run_here(run);
	guest->return_cs = return_cs;
	guest->return_ip = return_ip;
	guest->hlt_ends = false;
}

enum vcpu_end program16_run(struct guest16 *guest,
			    const struct program16 *program,
			    struct bios_regs *regs, u64 timeout_us)
{
	struct run run = { .guest = guest,
			   .program = program,
			   .regs = regs,
			   .timeout_us = timeout_us };

	if (guest->memory.view == GUEST_VIEW_MACHINE) {
		smp_call_boot_core(make_run, &run);
	} else {
		make_run(&run);
	}
	return run.end;
}
