/*
 * What exits mean to the engine `whole`, and the state that it begins with. On
 * the guest's core, its VMCS current, interrupts off.
 */
#include "guest/system/whole.h"

#include "arch/console/console_poll.h"
#include "arch/console/input.h"
#include "arch/cpu.h"
#include "arch/x86.h"
#include "guest/board/pc_board.h"
#include "guest/code16/guest16_exits.h"
#include "guest/code16/guest16_irq.h"
#include "guest/code16/real_cr.h"
#include "guest/system/whole_io.h"
#include "guest/system/whole_memory.h"
#include "lib/error.h"
#include "lib/string.h"
#include "vmm/exit.h"
#include "vmm/guest_rights.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_exit.h"
#include "vmm/vcpu_state.h"

#define RESET_CS 0xf000u
#define RESET_CS_BASE 0xffff0000u
#define RESET_IP 0xfff0u
#define SEGMENT_LIMIT 0xffffu
#define CPUID_1_EDX_GONE                                                       \
	(BIT(7) | BIT(9) | BIT(11) | BIT(12) | BIT(14) | BIT(16) | BIT(22))

/* All but #DB, #AC and #MC, which always exit, go to the guest by themselves. */
static enum exit_action on_exception(struct vcpu *vcpu, u32 info)
{
	u8 vector = interruption_info_vector(info);

	if (vector == VECTOR_DB) {
		return vcpu_inject(vcpu, info, 0);
	}
	return vcpu_reflect(vcpu, vector,
			    info & INTERRUPTION_INFO_ERROR_CODE
				    ? vcpu_exit_error_code(vcpu)
				    : 0);
}

/* How long it waits without a look at the console and at the run's time. */
#define HALT_STEP_US 10000u

/* The proper end of a program; a system has stopped. */
static enum exit_action halt_for_good(struct guest16 *guest)
{
	if (guest->hlt_ends) {
		vcpu_skip(&guest->vcpu,
			  vcpu_exit_instruction_bytes(&guest->vcpu));
		return EXIT_STOP;
	}
	return vcpu_stop(&guest->vcpu, VCPU_END_FAULT,
			 "HLT with interrupts off");
}

/*
 * Until an interrupt comes. A run that ends in between leaves RIP at the HLT, so
 * that the next one goes on waiting.
 */
static enum exit_action on_hlt(struct vcpu *vcpu)
{
	struct guest16 *guest = vcpu->guest;
	struct board *board = &guest->board;
	u64 rflags = vcpu_rflags(vcpu);

	if (!(rflags & (RFLAGS_IF | RFLAGS_TF))) {
		return halt_for_good(guest);
	}
	while (!board_interrupt_waits(board) && !(rflags & RFLAGS_TF)) {
		if (!pc_board_goes_on(pc_board_of(board))) {
			return vcpu_stop_early(vcpu, VCPU_END_INTERRUPTED);
		}
		if (vcpu_time_is_up(vcpu, rdtsc()) || input_interrupted()) {
			return vcpu_check_interrupted(vcpu);
		}
		board->kind->lines->wait(board, HALT_STEP_US);
		console_poll();
	}
	vcpu_complete(vcpu, vcpu_exit_instruction_bytes(vcpu));
	guest16_irq_deliver(guest);
	return EXIT_RESUME;
}

static enum exit_action on_vmcall(struct vcpu *vcpu)
{
	return vcpu_raise(vcpu, VECTOR_UD, 0);
}

/* The first access of a BIOS call; it is made again. */
static enum exit_action on_descriptor_table(struct vcpu *vcpu)
{
	engine_release_real_state(vcpu->guest);
	return EXIT_RESUME;
}

static bool on_rdmsr(struct vcpu *vcpu, u32 msr, u64 *value)
{
	const struct guest16 *guest = vcpu->guest;

	return guest->board.kind->read_msr(msr, value);
}

static bool on_wrmsr(struct vcpu *vcpu, u32 msr, u64 value)
{
	const struct guest16 *guest = vcpu->guest;

	return guest->board.kind->write_msr(msr, value);
}

/* They are kept and have no effect: no breakpoint of the guest's is set. */
static enum exit_action on_mov_dr(struct vcpu *vcpu)
{
	struct guest16 *guest = vcpu->guest;
	struct dr_qualification access = vcpu_exit_dr_access(vcpu);
	u32 *dr = &guest->program.dr[access.dr < 6 ? access.dr & 3 : access.dr];

	if (access.from_dr) {
		vcpu_set_gpr(vcpu, (enum gpr)access.reg, *dr);
	} else {
		*dr = (u32)vcpu_gpr(vcpu, (enum gpr)access.reg);
	}
	return EXIT_SKIP_INSTRUCTION;
}

static enum exit_action on_other(struct vcpu *vcpu, u32 reason)
{
	switch (reason) {
	case EXIT_REASON_MOV_DR:
		return on_mov_dr(vcpu);
	case EXIT_REASON_XSETBV:
	case EXIT_REASON_RDPMC:
		return vcpu_raise(vcpu, VECTOR_GP, 0);
	case EXIT_REASON_GETSEC:
	case EXIT_REASON_VMCLEAR ... EXIT_REASON_VMXON:
	case EXIT_REASON_INVEPT:
	case EXIT_REASON_INVVPID:
	case EXIT_REASON_MONITOR:
	case EXIT_REASON_MWAIT:
		return vcpu_raise(vcpu, VECTOR_UD, 0);
	default:
		return exit_not_supported(vcpu);
	}
}

/* There is no APIC, no MTRR, no PAT, no SYSENTER and no machine check. */
static void on_cpuid(struct vcpu *vcpu, u32 leaf)
{
	if (leaf == 1) {
		vcpu->regs.rdx &= ~CPUID_1_EDX_GONE;
	}
}

static enum exit_action on_alarm(struct vcpu *vcpu)
{
	struct guest16 *guest = vcpu->guest;
	struct pc_board *pcb = pc_board_of(&guest->board);

	pc_board_advance(pcb);
	if (pcb->map_error != 0) {
		return vcpu_stop(vcpu, VCPU_END_FAULT,
				 "its memory could not be mapped: %s",
				 error_text(pcb->map_error));
	}
	if (!pc_board_goes_on(pcb)) {
		return vcpu_stop_early(vcpu, VCPU_END_INTERRUPTED);
	}
	guest16_irq_deliver(guest);
	return EXIT_RESUME;
}

static const struct vcpu_ops ops = {
	.exception = on_exception,
	.raise = vcpu_raise,
	.interrupt = guest16_interrupt,
	.interrupt_window = guest16_interrupt_window,
	.hlt = on_hlt,
	.vmcall = on_vmcall,
	.io = whole_io,
	.cr_access = real_cr_access,
	.descriptor_table = on_descriptor_table,
	.rdmsr = on_rdmsr,
	.wrmsr = on_wrmsr,
	.ept_violation = whole_memory,
	.alarm = on_alarm,
	.other = on_other,
	.cpuid = on_cpuid,
	.ended = guest16_ended,
	.describe = guest16_describe,
};

const struct engine engine_whole = {
	.name = "whole",
	.uses_ept = true,
	.segment_rights = RIGHTS_REAL,
	.rflags_always = RFLAGS_FIXED_1,
	.injects = true,
	.ops = &ops,
};

static void reset_segments(struct vcpu *vcpu)
{
	for (enum segment i = SEGMENT_ES; i <= SEGMENT_GS; i++) {
		bool code = i == SEGMENT_CS;

		vcpu_set_segment(vcpu, i,
				 (struct vcpu_segment){
					 .selector = code ? RESET_CS : 0,
					 .base = code ? RESET_CS_BASE : 0,
					 .limit = SEGMENT_LIMIT,
					 .rights = RIGHTS_REAL,
				 });
	}
}

/* SDM volume 3, "Processor State After Reset": EDX tells what it is. */
void whole_reset(struct guest16 *guest)
{
	struct vcpu *vcpu = &guest->vcpu;
	u32 out[4];

	cpuid(1, 0, out);
	memset(&vcpu->regs, 0, sizeof(vcpu->regs));
	vcpu->regs.rdx = out[0];
	engine_write_real_state(guest);
	reset_segments(vcpu);
	vcpu_set_rsp(vcpu, 0);
	vcpu_set_rip(vcpu, RESET_IP);
	vcpu_set_rflags(vcpu, RFLAGS_FIXED_1);
	vcpu_forget_held_back(vcpu);
	vcpu_forget_fpu(vcpu);
	vcpu->undelivered = 0;
	memset(guest->program.dr, 0, sizeof(guest->program.dr));
	guest->program.dr[6] = DR6_RESET;
	guest->program.dr[7] = DR7_RESET;
	engine_release_real_state(guest);
}
