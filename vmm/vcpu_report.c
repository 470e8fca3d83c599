/*
 * The report of a run that did not end well: what the processor recorded, the
 * guest's registers, and what its owner adds. The VMCS is still current.
 */
#include "arch/console/console.h"
#include "arch/percpu.h"
#include "vmm/entry_check.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx.h"
#include "vmm/vmx/vmx_errors.h"

static void report_exit(void)
{
	u32 reason = (u32)vmcs_read(VMCS_EXIT_REASON);
	u64 qualification = vmcs_read(VMCS_EXIT_QUALIFICATION);
	u32 info = (u32)vmcs_read(VMCS_VM_EXIT_INTERRUPTION_INFO);
	u32 vectoring = (u32)vmcs_read(VMCS_IDT_VECTORING_INFO);
	char text[80];

	console_printf(
		"report: last exit %u (%s), qualification %lx, instruction length %lu\n",
		reason & EXIT_REASON_BASIC, exit_reason_name(reason),
		qualification, vmcs_read(VMCS_VM_EXIT_INSTRUCTION_LENGTH));
	if (info & INTERRUPTION_INFO_VALID) {
		interruption_info_format(info, text, sizeof(text));
		console_printf(
			"report: interruption %08x (%s), error code %lx\n",
			info, text,
			vmcs_read(VMCS_VM_EXIT_INTERRUPTION_ERROR_CODE));
	}
	if (vectoring & INTERRUPTION_INFO_VALID) {
		interruption_info_format(vectoring, text, sizeof(text));
		console_printf("report: while delivering %08x (%s)\n",
			       vectoring, text);
	}
}

static void report_registers(struct vcpu *vcpu)
{
	const struct vcpu_regs *r = &vcpu->regs;

	console_printf(
		"report: rax=%lx rbx=%lx rcx=%lx rdx=%lx rsi=%lx rdi=%lx rbp=%lx rsp=%lx\n",
		r->rax, r->rbx, r->rcx, r->rdx, r->rsi, r->rdi, r->rbp,
		vmcs_read(VMCS_GUEST_RSP));
	console_printf("report: cs=%04lx ss=%04lx ds=%04lx es=%04lx fs=%04lx "
		       "gs=%04lx rip=%lx rflags=%lx\n",
		       vmcs_read(VMCS_GUEST_CS_SELECTOR),
		       vmcs_read(VMCS_GUEST_SS_SELECTOR),
		       vmcs_read(VMCS_GUEST_DS_SELECTOR),
		       vmcs_read(VMCS_GUEST_ES_SELECTOR),
		       vmcs_read(VMCS_GUEST_FS_SELECTOR),
		       vmcs_read(VMCS_GUEST_GS_SELECTOR),
		       vmcs_read(VMCS_GUEST_RIP), vmcs_read(VMCS_GUEST_RFLAGS));
	console_printf(
		"report: cr0=%lx cr3=%lx cr4=%lx activity=%s interruptibility=%lx\n",
		vmcs_read(VMCS_GUEST_CR0), vmcs_read(VMCS_GUEST_CR3),
		vmcs_read(VMCS_GUEST_CR4),
		activity_state_name((u32)vmcs_read(VMCS_GUEST_ACTIVITY_STATE)),
		vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE));
}

/*
 * Prints what the entry checker finds: every fault, where the processor names
 * only a kind of fault.
 */
static void report_checks(struct vcpu *vcpu)
{
	if (entry_check_print(vcpu, "report: ") == 0) {
		console_printf("report: all %u entry checks hold\n",
			       vmcs_check_count());
	}
}

void vcpu_report(struct vcpu *vcpu)
{
	const char *hint = "";

	console_printf("report: core %u, %s: %s\n", this_cpu_index(),
		       vcpu_end_name(vcpu->end), vcpu->why);
	if (vcpu->end == VCPU_END_REFUSED) {
		hint = vcpu->entry_failure != 0
			       ? vmx_entry_failure_hint(vcpu->entry_failure)
			       : vmx_error_hint((u32)vmcs_read(
					 VMCS_VM_INSTRUCTION_ERROR));
	}
	if (vcpu->entry_failed) {
		report_checks(vcpu);
	}
	if (hint[0] != '\0') {
		console_printf("report: %s\n", hint);
	}
	report_exit();
	report_registers(vcpu);
	vcpu_report_refusals(vcpu);
	if (vcpu->ops->describe != NULL) {
		vcpu->ops->describe(vcpu);
	}
}

/* Uses VMREAD itself: vmcs_read() would panic again. */
static void print_fields(void)
{
	static const u16 fields[] = {
		VMCS_VM_INSTRUCTION_ERROR,
		VMCS_EXIT_REASON,
		VMCS_EXIT_QUALIFICATION,
		VMCS_VM_EXIT_INTERRUPTION_INFO,
		VMCS_IDT_VECTORING_INFO,
		VMCS_GUEST_CS_SELECTOR,
		VMCS_GUEST_RIP,
		VMCS_GUEST_SS_SELECTOR,
		VMCS_GUEST_RSP,
		VMCS_GUEST_RFLAGS,
		VMCS_GUEST_CR0,
		VMCS_GUEST_CR3,
		VMCS_GUEST_CR4,
		VMCS_GUEST_ACTIVITY_STATE,
		VMCS_GUEST_INTERRUPTIBILITY_STATE,
		VMCS_VM_ENTRY_CONTROLS,
		VMCS_VM_ENTRY_INTERRUPTION_INFO,
		VMCS_PINBASED_CONTROLS,
		VMCS_PROCBASED_CONTROLS,
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		u64 value;

		if (vmread(fields[i], &value) == VMX_OK) {
			console_printf("panic: VMCS: %s=%lx\n",
				       vmcs_field_name(fields[i]), value);
		}
	}
}

void vcpu_panic_report(void)
{
	const struct vmx_core *core = vmx_core(this_cpu_index());
	const struct vcpu *vcpu;
	const struct vcpu_regs *r;
	u64 reason;

	if (core == NULL || core->state != VMX_ON) {
		console_printf("panic: this core is not in VMX operation\n");
		return;
	}
	vcpu = this_cpu()->vcpu;
	if (vcpu == NULL) {
		console_printf("panic: no guest is loaded on this core\n");
		return;
	}
	if (vmread(VMCS_EXIT_REASON, &reason) != VMX_OK) {
		reason = UINT32_MAX;
	}
	console_printf("panic: guest: %lu exits in this run, the last for %s\n",
		       vcpu->exits, exit_reason_name((u32)reason));
	r = &vcpu->regs;
	console_printf("panic: guest: rax=%lx rbx=%lx rcx=%lx rdx=%lx rsi=%lx "
		       "rdi=%lx rbp=%lx\n",
		       r->rax, r->rbx, r->rcx, r->rdx, r->rsi, r->rdi, r->rbp);
	print_fields();
}
