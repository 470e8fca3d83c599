/*
 * The exit table. A reason without a handler stops the guest: nothing is
 * skipped in the hope that it does not matter. Interrupts off throughout.
 */
#include "vmm/exit.h"

#include "arch/cpu.h"
#include "arch/interrupt.h"
#include "arch/x86.h"
#include "vmm/vmcs.h"
#include "vmm/vmx_errors.h"

#define CPUID_1_ECX_VMX BIT(5)
#define CPUID_1_ECX_MONITOR BIT(3)
#define CPUID_1_ECX_HYPERVISOR BIT(31)

enum exit_action exit_not_supported(struct vcpu *vcpu)
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
static enum exit_action handle_nmi(struct vcpu *vcpu)
{
	u64 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);

	call_nmi_handler();
	if (blocking & INTERRUPTIBILITY_NMI) {
		vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE,
			   blocking & ~(u64)INTERRUPTIBILITY_NMI);
	}
	return vcpu_look_up(vcpu);
}

static enum exit_action handle_exception_or_nmi(struct vcpu *vcpu)
{
	u32 info = (u32)vmcs_read(VMCS_VM_EXIT_INTERRUPTION_INFO);

	if (interruption_info_type(info) == INTERRUPTION_TYPE_NMI) {
		return handle_nmi(vcpu);
	}
	if (interruption_info_vector(info) == VECTOR_MC &&
	    interruption_info_type(info) ==
		    INTERRUPTION_TYPE_HARDWARE_EXCEPTION) {
		/* The machine's, whoever was running: the host looks at it. */
		software_interrupt(VECTOR_MC);
		return EXIT_RESUME;
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
	return vcpu_check_interrupted(vcpu);
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

void exit_guest_cpuid(struct vcpu_regs *regs)
{
	u32 leaf = (u32)regs->rax;

	cpuid_registers(&regs->rax, &regs->rbx, &regs->rcx, &regs->rdx);
	if (unlikely(leaf == 1)) {
		regs->rcx &= ~(CPUID_1_ECX_VMX | CPUID_1_ECX_MONITOR);
		regs->rcx |= CPUID_1_ECX_HYPERVISOR;
	}
}

static enum exit_action handle_cpuid(struct vcpu *vcpu)
{
	exit_guest_cpuid(&vcpu->regs);
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

/* Out of line, for it needs room on the stack. */
static __attribute__((noinline)) enum exit_action
handle_cr_access(struct vcpu *vcpu)
{
	u64 qualification = vmcs_read(VMCS_EXIT_QUALIFICATION);

	return vcpu->ops->cr_access == NULL
		       ? EXIT_UNHANDLED
		       : vcpu->ops->cr_access(vcpu, cr_qualification_decode(
							    qualification));
}

static enum exit_action handle_descriptor_table(struct vcpu *vcpu)
{
	return vcpu->ops->descriptor_table == NULL
		       ? EXIT_UNHANDLED
		       : vcpu->ops->descriptor_table(vcpu);
}

static enum exit_action handle_rdmsr(struct vcpu *vcpu)
{
	return vcpu->ops->rdmsr == NULL ? EXIT_UNHANDLED
					: vcpu->ops->rdmsr(vcpu);
}

static enum exit_action handle_wrmsr(struct vcpu *vcpu)
{
	return vcpu->ops->wrmsr == NULL ? EXIT_UNHANDLED
					: vcpu->ops->wrmsr(vcpu);
}

static enum exit_action handle_ept_violation(struct vcpu *vcpu)
{
	return vcpu->ops->ept_violation == NULL
		       ? EXIT_UNHANDLED
		       : vcpu->ops->ept_violation(
				 vcpu, vmcs_read(VMCS_GUEST_PHYSICAL_ADDRESS));
}

/* One switch, so that short handlers are part of it and cost no call. */
enum exit_action exit_handle(struct vcpu *vcpu, u64 reason)
{
	switch (reason) {
	case EXIT_REASON_EXCEPTION_OR_NMI:
		return handle_exception_or_nmi(vcpu);
	case EXIT_REASON_EXTERNAL_INTERRUPT:
		return handle_external_interrupt(vcpu);
	case EXIT_REASON_TRIPLE_FAULT:
		return handle_triple_fault(vcpu);
	case EXIT_REASON_INIT_SIGNAL:
		return handle_init(vcpu);
	case EXIT_REASON_INTERRUPT_WINDOW:
		return handle_interrupt_window(vcpu);
	case EXIT_REASON_CPUID:
		return handle_cpuid(vcpu);
	case EXIT_REASON_HLT:
		return handle_hlt(vcpu);
	case EXIT_REASON_INVD:
		return handle_invd(vcpu);
	case EXIT_REASON_VMCALL:
		return handle_vmcall(vcpu);
	case EXIT_REASON_IO_INSTRUCTION:
		return handle_io(vcpu);
	case EXIT_REASON_CR_ACCESS:
		return handle_cr_access(vcpu);
	case EXIT_REASON_RDMSR:
		return handle_rdmsr(vcpu);
	case EXIT_REASON_WRMSR:
		return handle_wrmsr(vcpu);
	case EXIT_REASON_GDTR_IDTR_ACCESS:
	case EXIT_REASON_LDTR_TR_ACCESS:
		return handle_descriptor_table(vcpu);
	case EXIT_REASON_EPT_VIOLATION:
		return handle_ept_violation(vcpu);
	case EXIT_REASON_PREEMPTION_TIMER:
		return vcpu_timer_expired(vcpu);
	default:
		return EXIT_UNHANDLED;
	}
}

enum exit_action exit_entry_failed(struct vcpu *vcpu)
{
	char text[VCPU_WHY_BYTES];

	vmx_entry_failure_format(vcpu->exit_reason,
				 vmcs_read(VMCS_EXIT_QUALIFICATION), text,
				 sizeof(text));
	return vcpu_stop(vcpu, VCPU_END_REFUSED, "%s", text);
}
