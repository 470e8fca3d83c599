/*
 * What exits mean to an unrestricted guest: code in real mode, or in protected
 * mode once it has switched. On the guest's core, its VMCS current, interrupts
 * off.
 */
#include "arch/x86.h"
#include "guest/board/msr_policy.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "guest/code16/guest16_exits.h"
#include "guest/code16/real_parts.h"
#include "guest/code16/v86_program.h"
#include "vmm/vmx/vmcs.h"

#define OPCODE_INT_N 0xcd

/*
 * Through the IVT or the IDT, as the guest's mode has it. What STI and MOV SS
 * held back is over.
 */
static enum exit_action inject(struct vcpu *vcpu, enum interruption_type type,
			       u8 vector, u64 error_code)
{
	bool has_code = guest16_in_protected_mode(vcpu->guest) &&
			exception_has_error_code(vector);

	vcpu_skip(vcpu, 0);
	vmcs_write(VMCS_VM_ENTRY_INTERRUPTION_INFO,
		   interruption_info_make(type, vector, has_code));
	vmcs_write(VMCS_VM_ENTRY_EXCEPTION_ERROR_CODE, error_code);
	vmcs_write(VMCS_VM_ENTRY_INSTRUCTION_LENGTH,
		   vmcs_read(VMCS_VM_EXIT_INSTRUCTION_LENGTH));
	return EXIT_RESUME;
}

enum exit_action real_raise(struct vcpu *vcpu, u8 vector, u64 error_code)
{
	struct guest16 *guest = vcpu->guest;

	if (!guest16_in_protected_mode(guest) &&
	    !guest16_has_handler(guest, vmcs_read(VMCS_GUEST_IDTR_BASE),
				 vmcs_read(VMCS_GUEST_IDTR_LIMIT), vector)) {
		return guest16_fault(guest, vector);
	}
	return inject(vcpu, INTERRUPTION_TYPE_HARDWARE_EXCEPTION, vector,
		      error_code);
}

/* The processor was delivering one. */
static bool is_exception(u32 vectoring)
{
	return (vectoring & INTERRUPTION_INFO_VALID) != 0 &&
	       interruption_info_type(vectoring) ==
		       INTERRUPTION_TYPE_HARDWARE_EXCEPTION;
}

/* A fault while the processor delivered another exception. */
static enum exit_action raise_second(struct vcpu *vcpu, u8 first, u8 second,
				     u64 error_code)
{
	u8 vector = exception_compose(first, second);

	if (vector == EXCEPTION_TRIPLE_FAULT) {
		return vcpu_stop(vcpu, VCPU_END_SHUTDOWN,
				 "triple fault: %s while delivering #DF",
				 exception_name(second));
	}
	return inject(vcpu, INTERRUPTION_TYPE_HARDWARE_EXCEPTION, vector,
		      vector == VECTOR_DF ? 0 : error_code);
}

/*
 * While INT n is watched, it is a #GP: the IDTR that the processor has holds no
 * vector, which also means that the host delivers every exception.
 */
static enum exit_action watched_exception(struct guest16 *guest, u32 info)
{
	u8 vector = interruption_info_vector(info);

	switch (vector) {
	case VECTOR_GP:
		if (guest16_code_byte(guest, 0) == OPCODE_INT_N) {
			watch_int(guest, false);
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
	u32 vectoring = (u32)vmcs_read(VMCS_IDT_VECTORING_INFO);
	u64 error_code =
		info & INTERRUPTION_INFO_ERROR_CODE
			? vmcs_read(VMCS_VM_EXIT_INTERRUPTION_ERROR_CODE)
			: 0;

	if (vector == VECTOR_DB && watch_debug(guest)) {
		return EXIT_RESUME;
	}
	if (guest->watch.ints && !guest16_in_protected_mode(guest)) {
		return watched_exception(guest, info);
	}
	if (vector == VECTOR_DB) {
		return inject(vcpu, interruption_info_type(info), vector, 0);
	}
	return is_exception(vectoring)
		       ? raise_second(vcpu, interruption_info_vector(vectoring),
				      vector, error_code)
		       : real_raise(vcpu, vector, error_code);
}

static enum exit_action on_hlt(struct vcpu *vcpu)
{
	vcpu_skip(vcpu, 1);
	return guest16_halt(vcpu->guest);
}

/* A fault whose stack was not there yet comes again; a trap would be lost. */
static enum exit_action on_ept_violation(struct vcpu *vcpu, u64 address)
{
	u32 vectoring = (u32)vmcs_read(VMCS_IDT_VECTORING_INFO);
	enum exit_action action =
		guest16_memory_missing(vcpu->guest, address, "EPT violation");

	return action == EXIT_RESUME && is_exception(vectoring)
		       ? inject(vcpu, INTERRUPTION_TYPE_HARDWARE_EXCEPTION,
				interruption_info_vector(vectoring),
				vmcs_read(VMCS_IDT_VECTORING_ERROR_CODE))
		       : action;
}

/* It is executed again, and may change what the next call must set anew. */
static enum exit_action on_descriptor_table(struct vcpu *vcpu)
{
	engine_release_real_state(vcpu->guest);
	return EXIT_RESUME;
}

static enum exit_action on_rdmsr(struct vcpu *vcpu)
{
	u64 value;

	if (!msr_policy_read((u32)vcpu->regs.rcx, &value)) {
		return real_raise(vcpu, VECTOR_GP, 0);
	}
	vcpu->regs.rax = (u32)value;
	vcpu->regs.rdx = value >> 32;
	return EXIT_SKIP_INSTRUCTION;
}

static enum exit_action on_wrmsr(struct vcpu *vcpu)
{
	u64 value = vcpu->regs.rdx << 32 | (u32)vcpu->regs.rax;

	return msr_policy_write((u32)vcpu->regs.rcx, value)
		       ? EXIT_SKIP_INSTRUCTION
		       : real_raise(vcpu, VECTOR_GP, 0);
}

/* What counts there is the host's doing as well. */
static enum exit_action on_other(struct vcpu *vcpu, u32 reason)
{
	return reason == EXIT_REASON_RDPMC ? real_raise(vcpu, VECTOR_GP, 0)
					   : watch_other(vcpu, reason);
}

const struct vcpu_ops guest16_real_ops = {
	.exception = on_exception,
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
	.resuming = watch_resuming,
	.describe = guest16_describe,
};
