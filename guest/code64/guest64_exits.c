/*
 * What exits mean to a 64-bit guest. On the guest's core, its VMCS current,
 * interrupts off.
 */
#include "arch/console/console.h"
#include "arch/cpu.h"
#include "arch/mem/paging.h"
#include "arch/msr.h"
#include "arch/x86.h"
#include "guest/board/msr_policy.h"
#include "guest/code64/guest64_parts.h"
#include "guest/watch/watch64.h"
#include "lib/fmt.h"
#include "vmm/exit.h"
#include "vmm/vmx/guest_rights.h"
#include "vmm/vmx/vmcs.h"

#define CODE_BYTES_SHOWN 16
#define CR8_BITS 0xfu

static void on_any(struct vcpu *vcpu, u32 exit_reason)
{
	struct guest64 *guest = vcpu->guest;

	if (guest->watch != NULL) {
		guest->watch(guest, exit_reason);
	}
}

/*
 * What STI and MOV SS held back is over then: VM entry with TF and either of
 * them wants a single step to be pending as well.
 */
static enum exit_action inject(u32 info, u64 error_code)
{
	vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE,
		   vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE) &
			   ~(u64)(INTERRUPTIBILITY_STI |
				  INTERRUPTIBILITY_MOV_SS));
	vmcs_write(VMCS_VM_ENTRY_INTERRUPTION_INFO, info);
	vmcs_write(VMCS_VM_ENTRY_EXCEPTION_ERROR_CODE, error_code);
	vmcs_write(VMCS_VM_ENTRY_INSTRUCTION_LENGTH,
		   vmcs_read(VMCS_VM_EXIT_INSTRUCTION_LENGTH));
	return EXIT_RESUME;
}

enum exit_action guest64_raise(u8 vector, u32 error_code)
{
	return inject(interruption_info_make(
			      INTERRUPTION_TYPE_HARDWARE_EXCEPTION, vector,
			      exception_has_error_code(vector)),
		      error_code);
}

enum exit_action guest64_page_fault(u64 linear, u32 error_code)
{
	write_cr2(linear);
	return guest64_raise(VECTOR_PF, error_code);
}

/* SS.DPL is the privilege level. */
u32 guest64_user_access(void)
{
	u64 rights = vmcs_read(VMCS_GUEST_SS_ACCESS_RIGHTS);

	return (rights & RIGHTS_DPL) == RIGHTS_DPL ? PAGE_FAULT_U : 0;
}

/*
 * An exception whose delivery an exit interrupted is delivered anew. What
 * instructions raise by themselves happens again at RIP.
 */
static enum exit_action redeliver(void)
{
	u32 info = (u32)vmcs_read(VMCS_IDT_VECTORING_INFO);

	if ((info & INTERRUPTION_INFO_VALID) &&
	    interruption_info_type(info) ==
		    INTERRUPTION_TYPE_HARDWARE_EXCEPTION) {
		guest64_raise(interruption_info_vector(info),
			      (u32)vmcs_read(VMCS_IDT_VECTORING_ERROR_CODE));
	}
	return EXIT_RESUME;
}

/* An exception of the guest's own, perhaps while another is delivered. */
static enum exit_action reflect(struct vcpu *vcpu, u8 vector, u32 error_code)
{
	u32 info = (u32)vmcs_read(VMCS_IDT_VECTORING_INFO);
	u8 made = vector;

	if ((info & INTERRUPTION_INFO_VALID) &&
	    interruption_info_type(info) ==
		    INTERRUPTION_TYPE_HARDWARE_EXCEPTION) {
		made = exception_compose(interruption_info_vector(info),
					 vector);
	}
	if (made == EXCEPTION_TRIPLE_FAULT) {
		return vcpu_stop(vcpu, VCPU_END_SHUTDOWN,
				 "triple fault: %s while delivering #DF",
				 exception_name(vector));
	}
	return guest64_raise(made, made == VECTOR_DF ? 0 : error_code);
}

static enum exit_action reflect_page_fault(struct vcpu *vcpu, u64 linear,
					   u32 error_code)
{
	write_cr2(linear);
	return reflect(vcpu, VECTOR_PF, error_code);
}

/* An access where the guest's tables lead to no RAM. */
static enum exit_action outside_ram(struct vcpu *vcpu, u64 gpa, bool fetch)
{
	if (vmcs_read(VMCS_IDT_VECTORING_INFO) & INTERRUPTION_INFO_VALID) {
		return vcpu_stop(vcpu, VCPU_END_FAULT,
				 "delivering an exception reached %lx, which "
				 "is no RAM",
				 gpa);
	}
	if (fetch) {
		return vcpu_stop(vcpu, VCPU_END_FAULT,
				 "instruction fetch at %lx, which is no RAM",
				 gpa);
	}
	return guest64_mmio(vcpu->guest, gpa);
}

static enum exit_action table_outside_ram(struct vcpu *vcpu, u64 gpa)
{
	return vcpu_stop(vcpu, VCPU_END_FAULT,
			 "a page table is at %lx, which is no RAM", gpa);
}

/* Only without EPT: the shadow tables do not map it (yet). */
static enum exit_action on_page_fault(struct vcpu *vcpu)
{
	struct guest64 *guest = vcpu->guest;
	u64 linear = vmcs_read(VMCS_EXIT_QUALIFICATION);
	u32 access = (u32)vmcs_read(VMCS_VM_EXIT_INTERRUPTION_ERROR_CODE) &
		     (u32)(PAGE_FAULT_W | PAGE_FAULT_U | PAGE_FAULT_I);
	struct walk64_found found;
	const u8 *at;

	switch (walk64(&guest->walk, linear, access, &found)) {
	case WALK64_NO_TABLE:
		return table_outside_ram(vcpu, found.gpa);
	case WALK64_FAULT:
		return reflect_page_fault(vcpu, linear, found.error_code);
	case WALK64_MAPPED:
		break;
	}
	at = guest64_memory_at(&guest->memory, found.gpa);
	if (at == NULL) {
		return outside_ram(vcpu, found.gpa,
				   (access & PAGE_FAULT_I) != 0);
	}
	shadow64_fill(&guest->memory.shadow, &guest->walk, linear, access,
		      &found, virt_to_phys(at));
	return redeliver();
}

static enum exit_action on_exception(struct vcpu *vcpu, u32 info)
{
	struct guest64 *guest = vcpu->guest;
	u8 vector = interruption_info_vector(info);
	u32 error_code = (u32)vmcs_read(VMCS_VM_EXIT_INTERRUPTION_ERROR_CODE);

	if (vector == VECTOR_PF) {
		return guest->memory.has_ept
			       ? reflect_page_fault(
					 vcpu,
					 vmcs_read(VMCS_EXIT_QUALIFICATION),
					 error_code)
			       : on_page_fault(vcpu);
	}
	/* #DB and #AC exit for the host's sake, others while they are watched. */
	if (interruption_info_type(info) ==
	    INTERRUPTION_TYPE_HARDWARE_EXCEPTION) {
		return reflect(vcpu, vector, error_code);
	}
	return inject(info & ~INTERRUPTION_INFO_NMI_UNBLOCKING,
		      vmcs_read(VMCS_VM_EXIT_INTERRUPTION_ERROR_CODE));
}

static enum exit_action on_ept_violation(struct vcpu *vcpu, u64 gpa)
{
	struct ept_qualification access =
		ept_qualification_decode(vmcs_read(VMCS_EXIT_QUALIFICATION));

	if (access.linear_valid && !access.translation) {
		return table_outside_ram(vcpu, gpa);
	}
	return outside_ram(vcpu, gpa, access.fetch);
}

/* Interrupts are the host's; none is delivered to such a guest. */
static void on_interrupt(struct vcpu *vcpu)
{
	(void)vcpu;
}

/* The proper end of a program. */
static enum exit_action on_hlt(struct vcpu *vcpu)
{
	vcpu_skip(vcpu, vmcs_read(VMCS_VM_EXIT_INSTRUCTION_LENGTH));
	return EXIT_STOP;
}

static enum exit_action on_vmcall(struct vcpu *vcpu)
{
	(void)vcpu;
	return guest64_raise(VECTOR_UD, 0);
}

static enum exit_action skip_or_fault(bool good)
{
	return good ? EXIT_SKIP_INSTRUCTION : guest64_raise(VECTOR_GP, 0);
}

static enum exit_action mov_to_cr(struct guest64 *guest, u8 cr, u64 value)
{
	switch (cr) {
	case 0:
		return skip_or_fault(guest64_write_cr0(guest, value));
	case 3:
		return skip_or_fault(guest64_write_cr3(guest, value));
	case 4:
		return skip_or_fault(guest64_write_cr4(guest, value));
	case 8:
		if (value & ~(u64)CR8_BITS) {
			return guest64_raise(VECTOR_GP, 0);
		}
		guest->cr8 = value;
		return EXIT_SKIP_INSTRUCTION;
	default:
		return exit_not_supported(&guest->vcpu);
	}
}

static enum exit_action on_cr_access(struct vcpu *vcpu,
				     struct cr_qualification access)
{
	struct guest64 *guest = vcpu->guest;
	u64 gpr[16];

	guest64_get_gprs(guest, gpr);
	switch (access.type) {
	case CR_ACCESS_MOV_TO_CR:
		return mov_to_cr(guest, access.cr, gpr[access.reg]);
	case CR_ACCESS_MOV_FROM_CR:
		gpr[access.reg] = access.cr == 8 ? guest->cr8 : guest->walk.cr3;
		guest64_set_gprs(guest, gpr);
		return EXIT_SKIP_INSTRUCTION;
	default:
		return exit_not_supported(vcpu);
	}
}

static enum exit_action on_rdmsr(struct vcpu *vcpu)
{
	u32 msr = (u32)vcpu->regs.rcx;
	u64 value = 0;
	bool good = true;

	switch (msr) {
	case MSR_IA32_EFER:
	case MSR_IA32_KERNEL_GS_BASE:
		value = rdmsr(msr); /* the processor has the guest's */
		break;
	case MSR_IA32_FS_BASE:
		value = vmcs_read(VMCS_GUEST_FS_BASE);
		break;
	case MSR_IA32_GS_BASE:
		value = vmcs_read(VMCS_GUEST_GS_BASE);
		break;
	default:
		good = msr_policy_read(msr, &value);
		break;
	}
	if (good) {
		vcpu->regs.rax = (u32)value;
		vcpu->regs.rdx = value >> 32;
	}
	return skip_or_fault(good);
}

static enum exit_action on_wrmsr(struct vcpu *vcpu)
{
	u32 msr = (u32)vcpu->regs.rcx;
	u64 value = vcpu->regs.rdx << 32 | (u32)vcpu->regs.rax;
	bool good = walk64_is_canonical(value);

	switch (msr) {
	case MSR_IA32_EFER:
		return skip_or_fault(value == rdmsr(MSR_IA32_EFER));
	case MSR_IA32_FS_BASE:
		if (good) {
			vmcs_write(VMCS_GUEST_FS_BASE, value);
		}
		return skip_or_fault(good);
	case MSR_IA32_GS_BASE:
		if (good) {
			vmcs_write(VMCS_GUEST_GS_BASE, value);
		}
		return skip_or_fault(good);
	case MSR_IA32_KERNEL_GS_BASE:
		if (good) {
			wrmsr(msr, value);
		}
		return skip_or_fault(good);
	default:
		return skip_or_fault(msr_policy_write(msr, value));
	}
}

static enum exit_action on_other(struct vcpu *vcpu, u32 reason)
{
	switch (reason) {
	case EXIT_REASON_INVLPG:
		/* Only without EPT. More than this page may be dropped. */
		guest64_flush(vcpu->guest);
		return EXIT_SKIP_INSTRUCTION;
	case EXIT_REASON_XSETBV:
	case EXIT_REASON_RDPMC:
		return guest64_raise(VECTOR_GP, 0);
	case EXIT_REASON_GETSEC:
	case EXIT_REASON_VMCLEAR ... EXIT_REASON_VMXON:
	case EXIT_REASON_INVEPT:
	case EXIT_REASON_INVVPID:
	case EXIT_REASON_MONITOR:
	case EXIT_REASON_MWAIT:
		return guest64_raise(VECTOR_UD, 0);
	default:
		return exit_not_supported(vcpu);
	}
}

/*
 * Beyond what guest_cpuid_hide() does: there is no APIC, no MTRR, and neither
 * SYSENTER, SYSCALL nor RDTSCP. RDFSBASE and its like are there.
 */
#define CPUID_1_EDX_GONE (BIT(9) | BIT(11) | BIT(12))
#define CPUID_EXTENDED_1_EDX_GONE (BIT(11) | BIT(27))

static void on_cpuid(struct vcpu *vcpu, u32 leaf)
{
	struct vcpu_regs *r = &vcpu->regs;

	switch (leaf) {
	case 1:
		r->rdx &= ~CPUID_1_EDX_GONE;
		break;
	case CPUID_FEATURES_7:
		r->rbx |= guest64_fsgsbase();
		break;
	case 0x80000001:
		r->rdx &= ~CPUID_EXTENDED_1_EDX_GONE;
		break;
	default:
		break;
	}
}

static void describe(struct vcpu *vcpu)
{
	char text[CODE_BYTES_SHOWN * 3 + 1] = "";
	u8 bytes[CODE_BYTES_SHOWN];
	size_t count = guest64_fetch(vcpu->guest, bytes, sizeof(bytes));

	for (size_t i = 0; i < count; i++) {
		fmt_snprintf(text + i * 3, 4, " %02x", bytes[i]);
	}
	console_printf("report: bytes at %016lx:%s\n",
		       vmcs_read(VMCS_GUEST_RIP),
		       count != 0 ? text : " none are mapped");
}

const struct vcpu_ops guest64_ops = {
	.code64 = true,
	.exception = on_exception,
	.interrupt = on_interrupt,
	.hlt = on_hlt,
	.vmcall = on_vmcall,
	.io = guest64_io,
	.cr_access = on_cr_access,
	.rdmsr = on_rdmsr,
	.wrmsr = on_wrmsr,
	.ept_violation = on_ept_violation,
	.other = on_other,
	.resuming = watch64_resuming,
	.watch = on_any,
	.cpuid = on_cpuid,
	.describe = describe,
};
