/*
 * The exit table. A reason without a handler stops the guest: nothing is
 * skipped in the hope that it does not matter. Interrupts off throughout.
 */
#include "vmm/exit.h"

#include "arch/cpu.h"
#include "arch/interrupt.h"
#include "vmm/vmcs.h"
#include "vmm/vmx_errors.h"

#define CPUID_1_ECX_VMX BIT(5)
#define CPUID_1_ECX_MONITOR BIT(3)
#define CPUID_1_ECX_HYPERVISOR BIT(31)

static enum exit_action not_supported(struct vcpu *vcpu)
{
	u32 reason = vcpu->exit_reason & EXIT_REASON_BASIC;
	char qualification[80] = "";

	if (exit_reason_has_qualification(reason)) {
		exit_qualification_format(reason,
					  vmcs_read(VMCS_EXIT_QUALIFICATION),
					  qualification, sizeof(qualification));
	}
	return vcpu_stop(vcpu, VCPU_END_FAULT, "exit %u, %s%s%s: not supported",
			 reason, exit_reason_name(reason),
			 qualification[0] != '\0' ? ", " : "", qualification);
}

/*
 * NMIs stay blocked in root mode until an IRET, which the host's own handler
 * executes. The exit was caused by the NMI, so it was not delivered and blocks
 * nothing in the guest; Bochs 2.7 saves blocking by NMI all the same.
 */
static enum exit_action handle_nmi(void)
{
	u64 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);

	call_nmi_handler();
	if (blocking & INTERRUPTIBILITY_NMI) {
		vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE,
			   blocking & ~(u64)INTERRUPTIBILITY_NMI);
	}
	return EXIT_RESUME;
}

static enum exit_action handle_exception_or_nmi(struct vcpu *vcpu)
{
	u32 info = (u32)vmcs_read(VMCS_VM_EXIT_INTERRUPTION_INFO);

	if (interruption_info_type(info) == INTERRUPTION_TYPE_NMI) {
		return handle_nmi();
	}
	return vcpu->ops->exception(vcpu, info);
}

/* Acknowledge-on-exit has fetched the vector from the interrupt controller. */
static enum exit_action handle_external_interrupt(struct vcpu *vcpu)
{
	u32 info = (u32)vmcs_read(VMCS_VM_EXIT_INTERRUPTION_INFO);
	u8 vector = interruption_info_vector(info);

	interrupt_dispatch(vector);
	vcpu->ops->interrupt(vcpu);
	return EXIT_RESUME;
}

static enum exit_action handle_triple_fault(struct vcpu *vcpu)
{
	return vcpu_stop(vcpu, VCPU_END_SHUTDOWN,
			 "triple fault: no handler could be reached");
}

/* An INIT would reset this core; it is noted and ignored. */
static enum exit_action handle_init(struct vcpu *vcpu)
{
	(void)vcpu;
	return EXIT_RESUME;
}

static enum exit_action handle_interrupt_window(struct vcpu *vcpu)
{
	return vcpu->ops->interrupt_window(vcpu);
}

void exit_guest_cpuid(u32 leaf, u32 subleaf, u32 out[4])
{
	cpuid(leaf, subleaf, out);
	if (leaf == 1) {
		out[2] &= (u32) ~(CPUID_1_ECX_VMX | CPUID_1_ECX_MONITOR);
		out[2] |= (u32)CPUID_1_ECX_HYPERVISOR;
	}
}

static enum exit_action handle_cpuid(struct vcpu *vcpu)
{
	u32 out[4];

	exit_guest_cpuid((u32)vcpu->regs.rax, (u32)vcpu->regs.rcx, out);
	vcpu->regs.rax = out[0];
	vcpu->regs.rbx = out[1];
	vcpu->regs.rcx = out[2];
	vcpu->regs.rdx = out[3];
	return EXIT_SKIP_INSTRUCTION;
}

static enum exit_action handle_hlt(struct vcpu *vcpu)
{
	return vcpu->ops->hlt(vcpu);
}

/* Caches are the host's to flush: to drop them unwritten would lose data. */
static enum exit_action handle_invd(struct vcpu *vcpu)
{
	(void)vcpu;
	return EXIT_SKIP_INSTRUCTION;
}

static enum exit_action handle_vmcall(struct vcpu *vcpu)
{
	return vcpu->ops->vmcall(vcpu);
}

static enum exit_action handle_io(struct vcpu *vcpu)
{
	u64 qualification = vmcs_read(VMCS_EXIT_QUALIFICATION);

	return vcpu->ops->io(vcpu, io_qualification_decode(qualification));
}

static enum exit_action handle_cr_access(struct vcpu *vcpu)
{
	u64 qualification = vmcs_read(VMCS_EXIT_QUALIFICATION);

	return vcpu->ops->cr_access == NULL
		       ? not_supported(vcpu)
		       : vcpu->ops->cr_access(vcpu, cr_qualification_decode(
							    qualification));
}

static enum exit_action handle_rdmsr(struct vcpu *vcpu)
{
	return vcpu->ops->rdmsr == NULL ? not_supported(vcpu)
					: vcpu->ops->rdmsr(vcpu);
}

static enum exit_action handle_wrmsr(struct vcpu *vcpu)
{
	return vcpu->ops->wrmsr == NULL ? not_supported(vcpu)
					: vcpu->ops->wrmsr(vcpu);
}

static enum exit_action handle_ept_violation(struct vcpu *vcpu)
{
	return vcpu->ops->ept_violation == NULL
		       ? not_supported(vcpu)
		       : vcpu->ops->ept_violation(
				 vcpu, vmcs_read(VMCS_GUEST_PHYSICAL_ADDRESS));
}

static enum exit_action (*const handlers[])(struct vcpu *vcpu) = {
	[EXIT_REASON_EXCEPTION_OR_NMI] = handle_exception_or_nmi,
	[EXIT_REASON_EXTERNAL_INTERRUPT] = handle_external_interrupt,
	[EXIT_REASON_TRIPLE_FAULT] = handle_triple_fault,
	[EXIT_REASON_INIT_SIGNAL] = handle_init,
	[EXIT_REASON_INTERRUPT_WINDOW] = handle_interrupt_window,
	[EXIT_REASON_CPUID] = handle_cpuid,
	[EXIT_REASON_HLT] = handle_hlt,
	[EXIT_REASON_INVD] = handle_invd,
	[EXIT_REASON_VMCALL] = handle_vmcall,
	[EXIT_REASON_IO_INSTRUCTION] = handle_io,
	[EXIT_REASON_CR_ACCESS] = handle_cr_access,
	[EXIT_REASON_RDMSR] = handle_rdmsr,
	[EXIT_REASON_WRMSR] = handle_wrmsr,
	[EXIT_REASON_EPT_VIOLATION] = handle_ept_violation,
	[EXIT_REASON_PREEMPTION_TIMER] = vcpu_timer_expired,
};

enum exit_action exit_handle(struct vcpu *vcpu)
{
	u32 reason = vcpu->exit_reason & EXIT_REASON_BASIC;

	if (reason < ARRAY_SIZE(handlers) && handlers[reason] != NULL) {
		return handlers[reason](vcpu);
	}
	return not_supported(vcpu);
}

enum exit_action exit_entry_failed(struct vcpu *vcpu)
{
	char text[VCPU_WHY_BYTES];

	vmx_entry_failure_format(vcpu->exit_reason,
				 vmcs_read(VMCS_EXIT_QUALIFICATION), text,
				 sizeof(text));
	return vcpu_stop(vcpu, VCPU_END_REFUSED, "%s", text);
}
