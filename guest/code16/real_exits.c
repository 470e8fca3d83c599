/*
 * What exits mean to an unrestricted guest: code in real mode, or in protected
 * mode once it has switched. On the guest's core, its VMCS current, interrupts
 * off.
 */
#include "arch/x86.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "guest/code16/guest16_exits.h"
#include "guest/code16/guest16_io.h"
#include "guest/code16/real_cr.h"
#include "guest/code16/real_raise.h"
#include "guest/code16/v86_program.h"
#include "guest/code16/watch16_ints.h"
#include "guest/code16/watch16_step.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_exit.h"
#include "vmm/vcpu_state.h"

#define OPCODE_INT_N 0xcd

/*
 * While INT n is watched, each INT n raises #GP, because the limit of the real
 * IDTR is 0. For the same reason the host must deliver every exception.
 */
static enum exit_action watched_exception(struct guest16 *guest, u32 info)
{
	u8 vector = interruption_info_vector(info);

	switch (vector) {
	case VECTOR_GP:
		if (guest16_code_byte(guest, 0) == OPCODE_INT_N) {
			watch16_int(guest, false);
		}
		return v86_program_step(guest, vector);
	case VECTOR_DB:
	case VECTOR_BP:
	case VECTOR_OF:
		return guest16_reflect(guest, info);
	default:
		return v86_program_raise(guest, vector);
	}
}

static enum exit_action on_exception(struct vcpu *vcpu, u32 info)
{
	struct guest16 *guest = vcpu->guest;
	u8 vector = interruption_info_vector(info);
	u32 error_code = info & INTERRUPTION_INFO_ERROR_CODE
				 ? vcpu_exit_error_code(vcpu)
				 : 0;

	if (vector == VECTOR_DB && watch16_debug(guest)) {
		return EXIT_RESUME;
	}
	if (guest->watch.ints && !guest16_in_protected_mode(guest)) {
		return watched_exception(guest, info);
	}
	if (vector == VECTOR_DB) {
		return vcpu_inject(vcpu, info, 0);
	}
	return vcpu_exit_delivered_exception(vcpu)
		       ? vcpu_reflect(vcpu, vector, error_code)
		       : real_raise(vcpu, vector, error_code);
}

static enum exit_action on_hlt(struct vcpu *vcpu)
{
	/* Prefixes are part of the instruction's length. */
	vcpu_skip(vcpu, vcpu_exit_instruction_bytes(vcpu));
	return guest16_halt(vcpu->guest);
}

/*
 * Makes the page. An event whose delivery was interrupted is delivered again.
 */
static enum exit_action on_ept_violation(struct vcpu *vcpu, u64 address)
{
	enum exit_action action =
		guest16_memory_missing(vcpu->guest, address, "EPT violation");

	return action == EXIT_RESUME ? vcpu_redeliver(vcpu) : action;
}

/*
 * The instruction is executed again, without an exit. It may change state that
 * the next call must set anew.
 */
static enum exit_action on_descriptor_table(struct vcpu *vcpu)
{
	engine_release_real_state(vcpu->guest);
	return EXIT_RESUME;
}

static bool on_rdmsr(struct vcpu *vcpu, u32 msr, u64 *value)
{
	const struct guest16 *guest = vcpu->guest;

	return board_read_msr(&guest->board, msr, value);
}

static bool on_wrmsr(struct vcpu *vcpu, u32 msr, u64 value)
{
	const struct guest16 *guest = vcpu->guest;

	return board_write_msr(&guest->board, msr, value);
}

/* While the guest is watched, the watch has caused some of these exits. */
static enum exit_action on_other(struct vcpu *vcpu, u32 reason)
{
	return reason == EXIT_REASON_RDPMC ? real_raise(vcpu, VECTOR_GP, 0)
					   : watch16_other(vcpu, reason);
}

const struct vcpu_ops guest16_real_ops = {
	.exception = on_exception,
	.raise = real_raise,
	.interrupt = guest16_interrupt,
	.interrupt_window = guest16_interrupt_window,
	.hlt = on_hlt,
	.vmcall = guest16_vmcall,
	.io = guest16_io,
	.cr_access = real_cr_access,
	.descriptor_table = on_descriptor_table,
	.rdmsr = on_rdmsr,
	.wrmsr = on_wrmsr,
	.ept_violation = on_ept_violation,
	.other = on_other,
	.resuming = watch16_resuming,
	.ended = guest16_ended,
	.describe = guest16_describe,
};
