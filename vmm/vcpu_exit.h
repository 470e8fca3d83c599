/*
 * What the processor recorded about the last VM exit. As in vmm/vcpu_state.h
 * the vcpu must be loaded, on its core. An exit does not set all of these
 * values: the others are still those of an earlier exit.
 */
#pragma once

#include "vmm/vcpu.h"
#include "vmm/vmx/vcpu_field.h"

/* EXIT_REASON_*, with its flags. */
static inline u32 vcpu_exit_reason(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_EXIT_REASON);
}

/*
 * The length of the instruction that caused the exit, or of the INT1, INT3 or
 * INTO whose exception did.
 */
static inline u64 vcpu_exit_instruction_bytes(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_VM_EXIT_INSTRUCTION_LENGTH);
}

/* The exception that has exited: INTERRUPTION_INFO_*. */
static inline u32 vcpu_exit_event(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_VM_EXIT_INTERRUPTION_INFO);
}

/*
 * The error code that this exception would have pushed; only with
 * INTERRUPTION_INFO_ERROR_CODE.
 */
static inline u32 vcpu_exit_error_code(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_VM_EXIT_INTERRUPTION_ERROR_CODE);
}

/* The linear address of a #PF that has exited; CR2 does not have it. */
static inline u64 vcpu_exit_page_fault_address(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_EXIT_QUALIFICATION);
}

/*
 * The causes of a #DB that has exited, as bits DR6_*; DR6 does not have them.
 */
static inline u64 vcpu_exit_debug_conditions(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_EXIT_QUALIFICATION);
}

/* What access caused an EPT violation. */
static inline struct ept_qualification
vcpu_exit_ept_access(const struct vcpu *vcpu)
{
	return ept_qualification_decode(
		vcpu_field(vcpu, VMCS_EXIT_QUALIFICATION));
}

/* Of a MOV to or from a debug register. */
static inline struct dr_qualification
vcpu_exit_dr_access(const struct vcpu *vcpu)
{
	return dr_qualification_decode(
		vcpu_field(vcpu, VMCS_EXIT_QUALIFICATION));
}

/*
 * The event whose delivery the exit interrupted, in the form of
 * vcpu_exit_event().
 */
static inline u32 vcpu_exit_vectoring(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_IDT_VECTORING_INFO);
}

static inline u32 vcpu_exit_vectoring_error_code(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_IDT_VECTORING_ERROR_CODE);
}
