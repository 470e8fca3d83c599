/*
 * What exits mean to a 64-bit guest. On the guest's core, its VMCS current,
 * interrupts off.
 */
#include "guest/code64/guest64_exits.h"

#include "arch/console/console.h"
#include "arch/cpu.h"
#include "arch/mem/paging.h"
#include "arch/msr.h"
#include "arch/x86.h"
#include "guest/code64/guest64_bus.h"
#include "guest/code64/guest64_cr.h"
#include "guest/code64/guest64_fault.h"
#include "guest/code64/watch64.h"
#include "lib/fmt.h"
#include "vmm/exit.h"
#include "vmm/guest_rights.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_exit.h"
#include "vmm/vcpu_state.h"

#define CODE_BYTES_SHOWN 16
#define CR8_BITS 0xfu

static void on_any(struct vcpu *vcpu, u32 exit_reason)
{
	struct guest64 *guest = vcpu->guest;

	if (guest->watch != NULL) {
		guest->watch(guest, exit_reason);
	}
}

/* An access to a guest-physical address that is not RAM. */
static enum exit_action outside_ram(struct vcpu *vcpu, u64 gpa, bool fetch)
{
	if (vcpu_exit_vectoring(vcpu) & INTERRUPTION_INFO_VALID) {
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

/*
 * Page faults exit only without EPT. Mostly the shadow tables do not map the
 * address yet.
 */
static enum exit_action on_page_fault(struct vcpu *vcpu)
{
	struct guest64 *guest = vcpu->guest;
	u64 linear = vcpu_exit_page_fault_address(vcpu);
	u32 access = vcpu_exit_error_code(vcpu) &
		     (u32)(PAGE_FAULT_W | PAGE_FAULT_U | PAGE_FAULT_I);
	struct walk64_found found;
	const u8 *at;

	switch (walk64(&guest->walk, linear, access, &found)) {
	case WALK64_NO_TABLE:
		return table_outside_ram(vcpu, found.gpa);
	case WALK64_FAULT:
		return guest64_reflect_page_fault(vcpu, linear,
						  found.error_code);
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
	return vcpu_redeliver(vcpu);
}

static enum exit_action on_exception(struct vcpu *vcpu, u32 info)
{
	struct guest64 *guest = vcpu->guest;
	u8 vector = interruption_info_vector(info);
	u32 error_code = vcpu_exit_error_code(vcpu);

	if (vector == VECTOR_PF) {
		return guest->memory.has_ept
			       ? guest64_reflect_page_fault(
					 vcpu,
					 vcpu_exit_page_fault_address(vcpu),
					 error_code)
			       : on_page_fault(vcpu);
	}
	/*
	 * #DB and #AC always exit, to protect the host; others exit while
	 * exceptions are watched. The guest gets them all.
	 */
	if (interruption_info_type(info) ==
	    INTERRUPTION_TYPE_HARDWARE_EXCEPTION) {
		return vcpu_reflect(vcpu, vector, error_code);
	}
	return vcpu_inject(vcpu, info, error_code);
}

static enum exit_action on_ept_violation(struct vcpu *vcpu, u64 gpa)
{
	struct ept_qualification access = vcpu_exit_ept_access(vcpu);

	if (access.linear_valid && !access.translation) {
		return table_outside_ram(vcpu, gpa);
	}
	return outside_ram(vcpu, gpa, access.fetch);
}

/*
 * The host has served the interrupt; no interrupt is delivered to such a guest.
 */
static void on_interrupt(struct vcpu *vcpu)
{
	(void)vcpu;
}

/* A program ends by HLT. */
static enum exit_action on_hlt(struct vcpu *vcpu)
{
	vcpu_skip(vcpu, vcpu_exit_instruction_bytes(vcpu));
	return EXIT_STOP;
}

static enum exit_action on_vmcall(struct vcpu *vcpu)
{
	return vcpu_raise(vcpu, VECTOR_UD, 0);
}

static bool mov_to_cr8(struct guest64 *guest, u64 value)
{
	if (value & ~(u64)CR8_BITS) {
		return false;
	}
	guest->cr8 = value;
	return true;
}

static enum exit_action mov_to_cr(struct guest64 *guest, u8 cr, u64 value)
{
	bool good;

	switch (cr) {
	case 0:
		good = guest64_write_cr0(guest, value);
		break;
	case 3:
		good = guest64_write_cr3(guest, value);
		break;
	case 4:
		good = guest64_write_cr4(guest, value);
		break;
	case 8:
		good = mov_to_cr8(guest, value);
		break;
	default:
		return exit_not_supported(&guest->vcpu);
	}
	return good ? EXIT_SKIP_INSTRUCTION
		    : vcpu_raise(&guest->vcpu, VECTOR_GP, 0);
}

static enum exit_action on_cr_access(struct vcpu *vcpu,
				     struct cr_qualification access)
{
	struct guest64 *guest = vcpu->guest;

	switch (access.type) {
	case CR_ACCESS_MOV_TO_CR:
		return mov_to_cr(guest, access.cr, vcpu_gpr(vcpu, access.reg));
	case CR_ACCESS_MOV_FROM_CR:
		vcpu_set_gpr(vcpu, access.reg,
			     access.cr == 8 ? guest->cr8 : guest->walk.cr3);
		return EXIT_SKIP_INSTRUCTION;
	default:
		return exit_not_supported(vcpu);
	}
}

static bool on_rdmsr(struct vcpu *vcpu, u32 msr, u64 *value)
{
	const struct guest64 *guest = vcpu->guest;

	switch (msr) {
	case MSR_IA32_EFER:
	case MSR_IA32_KERNEL_GS_BASE:
		*value = rdmsr(
			msr); /* the processor holds the guest's value now */
		return true;
	case MSR_IA32_FS_BASE:
		*value = vcpu_segment_base(vcpu, SEGMENT_FS);
		return true;
	case MSR_IA32_GS_BASE:
		*value = vcpu_segment_base(vcpu, SEGMENT_GS);
		return true;
	default:
		return board_read_msr(&guest->board, msr, value);
	}
}

static bool write_base(struct vcpu *vcpu, u32 msr, u64 value)
{
	if (!walk64_is_canonical(value)) {
		return false;
	}
	if (msr == MSR_IA32_KERNEL_GS_BASE) {
		wrmsr(msr, value);
	} else {
		vcpu_set_segment_base(vcpu,
				      msr == MSR_IA32_FS_BASE ? SEGMENT_FS
							      : SEGMENT_GS,
				      value);
	}
	return true;
}

static bool on_wrmsr(struct vcpu *vcpu, u32 msr, u64 value)
{
	const struct guest64 *guest = vcpu->guest;

	switch (msr) {
	case MSR_IA32_EFER:
		return value == rdmsr(MSR_IA32_EFER);
	case MSR_IA32_FS_BASE:
	case MSR_IA32_GS_BASE:
	case MSR_IA32_KERNEL_GS_BASE:
		return write_base(vcpu, msr, value);
	default:
		return board_write_msr(&guest->board, msr, value);
	}
}

static enum exit_action on_other(struct vcpu *vcpu, u32 reason)
{
	switch (reason) {
	case EXIT_REASON_INVLPG:
		/*
		 * INVLPG exits only without EPT. It may drop more than the one
		 * page.
		 */
		guest64_flush(vcpu->guest);
		return EXIT_SKIP_INSTRUCTION;
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

/*
 * What is hidden besides guest_cpuid_hide(): the APIC, the MTRRs, SYSENTER,
 * SYSCALL and RDTSCP. RDFSBASE and its like stay visible.
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
	console_printf("report: bytes at %016lx:%s\n", vcpu_rip(vcpu),
		       count != 0 ? text : " none are mapped");
}

const struct vcpu_ops guest64_ops = {
	.code64 = true,
	.exception = on_exception,
	.raise = vcpu_raise,
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
