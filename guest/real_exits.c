/*
 * What exits mean to an unrestricted guest: code in real mode, or in protected
 * mode once it has switched. On the guest's core, its VMCS current, interrupts
 * off.
 */
#include "arch/x86.h"
#include "guest/engine.h"
#include "guest/guest16.h"
#include "guest/guest16_exits.h"
#include "guest/msr_policy.h"
#include "vmm/vmcs.h"

#define LMSW_BITS (CR0_PE | CR0_MP | CR0_EM | CR0_TS)

/* Raises an exception in the guest, by its IVT or its IDT. */
static enum exit_action raise(struct vcpu *vcpu, u8 vector)
{
	if (!guest16_in_protected_mode(vcpu->guest)) {
		guest16_enter_vector(vcpu->guest, vector);
		return EXIT_RESUME;
	}
	vmcs_write(VMCS_VM_ENTRY_INTERRUPTION_INFO,
		   interruption_info_make(INTERRUPTION_TYPE_HARDWARE_EXCEPTION,
					  vector,
					  exception_has_error_code(vector)));
	vmcs_write(VMCS_VM_ENTRY_EXCEPTION_ERROR_CODE, 0);
	return EXIT_RESUME;
}

static enum exit_action on_exception(struct vcpu *vcpu, u32 info)
{
	return raise(vcpu, interruption_info_vector(info));
}

static enum exit_action on_hlt(struct vcpu *vcpu)
{
	vcpu_skip(vcpu, 1);
	return guest16_halt(vcpu->guest);
}

static enum exit_action on_ept_violation(struct vcpu *vcpu, u64 address)
{
	return guest16_memory_missing(vcpu->guest, address, "EPT violation");
}

static u64 *gpr(struct vcpu *vcpu, u8 number)
{
	/* The order of the instruction encoding; RSP is in the VMCS. */
	struct vcpu_regs *r = &vcpu->regs;
	u64 *const order[] = { &r->rax, &r->rcx, &r->rdx, &r->rbx,
			       NULL,	&r->rbp, &r->rsi, &r->rdi };

	return number < ARRAY_SIZE(order) ? order[number] : NULL;
}

static u64 read_gpr(struct vcpu *vcpu, u8 number)
{
	const u64 *reg = gpr(vcpu, number);

	return reg != NULL ? *reg : vmcs_read(VMCS_GUEST_RSP);
}

static void write_gpr(struct vcpu *vcpu, u8 number, u64 value)
{
	u64 *reg = gpr(vcpu, number);

	if (reg != NULL) {
		*reg = value;
	} else {
		vmcs_write(VMCS_GUEST_RSP, value);
	}
}

/* The guest reads what it wrote; caching and NE stay as the host needs them. */
static void write_guest_cr0(u64 value)
{
	vmcs_write(VMCS_CR0_READ_SHADOW, value);
	vmcs_write(VMCS_GUEST_CR0,
		   ((value | CR0_NE | CR0_ET) & ~(CR0_CD | CR0_NW)) &
			   UINT32_MAX);
}

static enum exit_action write_control_register(struct vcpu *vcpu, u8 cr,
					       u64 value)
{
	switch (cr) {
	case 0:
		write_guest_cr0(value);
		return EXIT_SKIP_INSTRUCTION;
	case 3:
		vmcs_write(VMCS_GUEST_CR3, value);
		return EXIT_SKIP_INSTRUCTION;
	case 4:
		if (value & CR4_VMXE) {
			return raise(vcpu, VECTOR_GP);
		}
		vmcs_write(VMCS_CR4_READ_SHADOW, value);
		vmcs_write(VMCS_GUEST_CR4, value | CR4_VMXE);
		return EXIT_SKIP_INSTRUCTION;
	default:
		return vcpu_stop(vcpu, VCPU_END_FAULT,
				 "write of CR%u: not supported", cr);
	}
}

/* It is executed again, and may change what the next call must set anew. */
static enum exit_action on_descriptor_table(struct vcpu *vcpu)
{
	engine_release_real_state(vcpu->guest);
	return EXIT_RESUME;
}

static enum exit_action emulate_cr_access(struct vcpu *vcpu,
					  struct cr_qualification access)
{
	u64 cr0 = (vmcs_read(VMCS_GUEST_CR0) & ~CR0_NE) |
		  (vmcs_read(VMCS_CR0_READ_SHADOW) & CR0_NE);

	switch (access.type) {
	case CR_ACCESS_MOV_TO_CR:
		return write_control_register(vcpu, access.cr,
					      read_gpr(vcpu, access.reg));
	case CR_ACCESS_MOV_FROM_CR:
		write_gpr(vcpu, access.reg, vmcs_read(VMCS_GUEST_CR3));
		return EXIT_SKIP_INSTRUCTION;
	case CR_ACCESS_CLTS:
		write_guest_cr0(cr0 & ~CR0_TS);
		return EXIT_SKIP_INSTRUCTION;
	case CR_ACCESS_LMSW:
		/* LMSW sets PE but never clears it. */
		write_guest_cr0((cr0 & ~(LMSW_BITS & ~CR0_PE)) |
				(access.lmsw_source & LMSW_BITS));
		return EXIT_SKIP_INSTRUCTION;
	}
	return EXIT_STOP;
}

static enum exit_action on_cr_access(struct vcpu *vcpu,
				     struct cr_qualification access)
{
	struct guest16 *guest = vcpu->guest;

	if (!guest->system_changed) {
		engine_release_real_state(guest);
		return EXIT_RESUME;
	}
	return emulate_cr_access(vcpu, access);
}

static enum exit_action on_rdmsr(struct vcpu *vcpu)
{
	u64 value;

	if (!msr_policy_read((u32)vcpu->regs.rcx, &value)) {
		return raise(vcpu, VECTOR_GP);
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
		       : raise(vcpu, VECTOR_GP);
}

const struct vcpu_ops guest16_real_ops = {
	.exception = on_exception,
	.interrupt = guest16_interrupt,
	.interrupt_window = guest16_interrupt_window,
	.hlt = on_hlt,
	.vmcall = guest16_vmcall,
	.io = guest16_io,
	.cr_access = on_cr_access,
	.descriptor_table = on_descriptor_table,
	.rdmsr = on_rdmsr,
	.wrmsr = on_wrmsr,
	.ept_violation = on_ept_violation,
	.describe = guest16_describe,
};
