/*
 * What the processor recorded about the last VM exit. As vmm/vcpu_state.h: of a
 * loaded vcpu, on its core. A value that the exit did not set is an older one.
 */
#pragma once

#include "vmm/vcpu.h"
#include "vmm/vmx/vcpu_field.h"

/* EXIT_REASON_*, with its flags. */
static inline u32 vcpu_exit_reason(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_EXIT_REASON);
}

/* Of the instruction that caused the exit, or INT1, INT3 or INTO. */
static inline u64 vcpu_exit_instruction_bytes(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_VM_EXIT_INSTRUCTION_LENGTH);
}

/* The exception that has exited: INTERRUPTION_INFO_*. */
static inline u32 vcpu_exit_event(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_VM_EXIT_INTERRUPTION_INFO);
}

/* What it would have pushed; only with INTERRUPTION_INFO_ERROR_CODE. */
static inline u32 vcpu_exit_error_code(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_VM_EXIT_INTERRUPTION_ERROR_CODE);
}

/* Of a #PF that has exited: the linear address, which CR2 has not. */
static inline u64 vcpu_exit_page_fault_address(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_EXIT_QUALIFICATION);
}

/* Of a #DB that has exited: DR6_*, which DR6 has not. */
static inline u64 vcpu_exit_debug_conditions(const struct vcpu *vcpu)
{
	return vcpu_field(vcpu, VMCS_EXIT_QUALIFICATION);
}

/* Of an EPT violation. */
static inline struct ept_qualification
vcpu_exit_ept_access(const struct vcpu *vcpu)
{
	return ept_qualification_decode(
		vcpu_field(vcpu, VMCS_EXIT_QUALIFICATION));
}

/* What was being delivered when the exit came, as vcpu_exit_event(). */
static inline u32 vcpu_exit_vectoring(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_IDT_VECTORING_INFO);
}

static inline u32 vcpu_exit_vectoring_error_code(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_IDT_VECTORING_ERROR_CODE);
}
