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
#include "guest/v86_program.h"
#include "vmm/vmcs.h"

#define OPCODE_INT_N 0xcd
#define LMSW_BITS (CR0_PE | CR0_MP | CR0_EM | CR0_TS)

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

/* A fault of the instruction at the guest's CS:IP. */
static enum exit_action raise(struct vcpu *vcpu, u8 vector, u64 error_code)
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
		       : raise(vcpu, vector, error_code);
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
static void write_guest_cr0(struct vcpu *vcpu, u64 value)
{
	vmcs_write(VMCS_CR0_READ_SHADOW, value);
	vmcs_write(VMCS_GUEST_CR0,
		   ((value | CR0_NE | CR0_ET) & ~(CR0_CD | CR0_NW)) &
			   UINT32_MAX);
	watch_mode_changed(vcpu->guest);
}

/* SDM volume 2, MOV to CR: else VM entry would fail for it. */
static bool may_be_cr0(u64 value)
{
	return (!(value & CR0_PG) || (value & CR0_PE)) &&
	       (!(value & CR0_NW) || (value & CR0_CD));
}

static enum exit_action write_control_register(struct vcpu *vcpu, u8 cr,
					       u64 value)
{
	switch (cr) {
	case 0:
		if (!may_be_cr0(value)) {
			return raise(vcpu, VECTOR_GP, 0);
		}
		write_guest_cr0(vcpu, value);
		return EXIT_SKIP_INSTRUCTION;
	case 3:
		vmcs_write(VMCS_GUEST_CR3, value);
		return EXIT_SKIP_INSTRUCTION;
	case 4:
		if (value & CR4_VMXE) {
			return raise(vcpu, VECTOR_GP, 0);
		}
		vmcs_write(VMCS_CR4_READ_SHADOW, value);
		vmcs_write(VMCS_GUEST_CR4, value | REAL_CR4_OF_HOST);
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
		write_guest_cr0(vcpu, cr0 & ~CR0_TS);
		return EXIT_SKIP_INSTRUCTION;
	case CR_ACCESS_LMSW:
		/* LMSW sets PE but never clears it. */
		write_guest_cr0(vcpu, (cr0 & ~(LMSW_BITS & ~CR0_PE)) |
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
		return raise(vcpu, VECTOR_GP, 0);
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
		       : raise(vcpu, VECTOR_GP, 0);
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
	.other = watch_other,
	.resuming = watch_resuming,
	.describe = guest16_describe,
};
