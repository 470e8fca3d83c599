/* Events into guests, for guests of 16-bit and of 64-bit code alike. */
#include "vmm/vcpu_events.h"

#include "arch/cpu.h"
#include "arch/x86.h"
#include "vmm/vcpu_exit.h"
#include "vmm/vcpu_state.h"

enum exit_action vcpu_inject(struct vcpu *vcpu, u32 info, u32 error_code)
{
	vcpu_set_interrupt_shadow(vcpu, false);
	vcpu_set_field(vcpu, VMCS_VM_ENTRY_INTERRUPTION_INFO,
		       info & ~INTERRUPTION_INFO_NMI_UNBLOCKING);
	vcpu_set_field(vcpu, VMCS_VM_ENTRY_EXCEPTION_ERROR_CODE, error_code);
	vcpu_set_field(vcpu, VMCS_VM_ENTRY_INSTRUCTION_LENGTH,
		       vcpu_exit_instruction_bytes(vcpu));
	return EXIT_RESUME;
}

/* Exceptions push no error code in real mode. */
static enum exit_action inject_exception(struct vcpu *vcpu, u8 vector,
					 u32 error_code)
{
	bool has_code = exception_has_error_code(vector) &&
			(vcpu_cr0(vcpu) & CR0_PE) != 0;

	return vcpu_inject(
		vcpu,
		interruption_info_make(INTERRUPTION_TYPE_HARDWARE_EXCEPTION,
				       vector, has_code),
		error_code);
}

enum exit_action vcpu_raise(struct vcpu *vcpu, u8 vector, u32 error_code)
{
	vcpu_note_refusal(vcpu, REFUSAL_EXCEPTION, vector,
			  vector == VECTOR_PF ? read_cr2() : error_code);
	return inject_exception(vcpu, vector, error_code);
}

bool vcpu_exit_delivered_exception(const struct vcpu *vcpu)
{
	u32 info = vcpu_exit_vectoring(vcpu);

	return (info & INTERRUPTION_INFO_VALID) != 0 &&
	       interruption_info_type(info) ==
		       INTERRUPTION_TYPE_HARDWARE_EXCEPTION;
}

enum exit_action vcpu_reflect(struct vcpu *vcpu, u8 vector, u32 error_code)
{
	u8 made = vector;

	if (vcpu_exit_delivered_exception(vcpu)) {
		made = exception_compose(interruption_info_vector(
						 vcpu_exit_vectoring(vcpu)),
					 vector);
	}
	if (made == EXCEPTION_TRIPLE_FAULT) {
		return vcpu_stop(vcpu, VCPU_END_SHUTDOWN,
				 "triple fault: %s while delivering #DF",
				 exception_name(vector));
	}
	return vcpu_raise(vcpu, made, made == VECTOR_DF ? 0 : error_code);
}

enum exit_action vcpu_redeliver(struct vcpu *vcpu)
{
	if (!vcpu_exit_delivered_exception(vcpu)) {
		return EXIT_RESUME;
	}
	return inject_exception(vcpu,
				interruption_info_vector(
					vcpu_exit_vectoring(vcpu)),
				vcpu_exit_vectoring_error_code(vcpu));
}
