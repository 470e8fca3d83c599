/*
 * What exits mean in virtual-8086 mode. There every privileged instruction
 * raises #GP, and the host emulates it. On the guest's core, its VMCS current,
 * interrupts off.
 */
/* build: hot */
#include "arch/x86.h"
#include "guest/code16/block_move.h"
#include "guest/code16/guest16.h"
#include "guest/code16/guest16_exits.h"
#include "guest/code16/guest16_io.h"
#include "guest/code16/v86_program.h"
#include "guest/code16/watch16_ints.h"
#include "guest/code16/watch16_step.h"
#include "guest/memory/v86_tables.h"
#include "lib/string.h"
#include "vmm/vcpu_exit.h"
#include "vmm/vcpu_state.h"

#define OPCODE_INT_N 0xcd
#define INT_N_BYTES 2

/*
 * Makes a private page that is touched for the first time. Any other page fault
 * ends the run.
 */
static enum exit_action page_fault(struct guest16 *guest)
{
	u64 address = vcpu_exit_page_fault_address(&guest->vcpu);
	u32 error = vcpu_exit_error_code(&guest->vcpu);

	if ((error & PAGE_FAULT_P) || address >= GUEST_LINEAR_END) {
		return vcpu_stop(&guest->vcpu, VCPU_END_FAULT,
				 "page fault at %lx, error code %x", address,
				 error);
	}
	return guest16_memory_missing(guest, address, "page fault");
}

/*
 * INT 15h raises #GP, unlike other INT n, because its block move would enter
 * protected mode.
 */
static bool is_block_move(struct guest16 *guest)
{
	return (u8)(guest->vcpu.regs.rax >> 8) == BLOCK_MOVE_AH &&
	       guest16_code_byte(guest, 0) == OPCODE_INT_N &&
	       guest16_code_byte(guest, 1) == BLOCK_MOVE_VECTOR;
}

static enum exit_action general_protection(struct guest16 *guest, u8 vector)
{
	bool handled = is_block_move(guest);

	if (guest->watch.ints && guest16_code_byte(guest, 0) == OPCODE_INT_N) {
		watch16_int(guest, handled);
	}
	if (!handled) {
		return v86_program_step(guest, vector);
	}
	block_move(guest);
	vcpu_skip(&guest->vcpu, INT_N_BYTES);
	if (guest->watch.ints) {
		watch16_int_done(guest);
	}
	return EXIT_RESUME;
}

static enum exit_action unexpected(struct vcpu *vcpu, u8 vector)
{
	return vcpu_stop(vcpu, VCPU_END_FAULT, "%s at %04x:%04lx",
			 exception_name(vector),
			 vcpu_selector(vcpu, SEGMENT_CS), vcpu_rip(vcpu));
}

static enum exit_action on_exception(struct vcpu *vcpu, u32 info)
{
	struct guest16 *guest = vcpu->guest;
	u8 vector = interruption_info_vector(info);

	switch (vector) {
	case VECTOR_PF:
		return page_fault(guest);
	case VECTOR_GP:
	case VECTOR_SS:
		return general_protection(guest, vector);
	case VECTOR_DB:
		return watch16_debug(guest) ? EXIT_RESUME
					    : guest16_reflect(guest, info);
	case VECTOR_BP:
	case VECTOR_OF:
		return guest16_reflect(guest, info);
	case VECTOR_DE:
	case VECTOR_BR:
	case VECTOR_UD:
	case VECTOR_NM:
		return v86_program_raise(guest, vector);
	default:
		return unexpected(vcpu, vector);
	}
}

/* The ring-0 stack frame of a #GP in virtual-8086 mode. */
struct ring_0_frame {
	u32 error_code, eip, cs, eflags;
};

/*
 * The guest's ring-0 handler (guest/memory/v86_tables.h) has executed VMCALL.
 * It is only reached by an exception that the exception bitmap does not
 * intercept, and the host intercepts all of them.
 */
enum exit_action guest16_v86_ring_0_vmcall(struct vcpu *vcpu)
{
	struct guest16 *guest = vcpu->guest;
	u64 offset = vcpu_rsp(vcpu) - GUEST_SYSTEM_BASE;
	struct ring_0_frame frame = { 0 };

	if (offset <= V86_RING0_STACK_TOP - sizeof(frame)) {
		memcpy(&frame, (u8 *)guest->memory.system + offset,
		       sizeof(frame));
	}
	return vcpu_stop(
		vcpu, VCPU_END_FAULT,
		"#GP at %04x:%04x, error code %x, was taken by the guest's ring 0",
		frame.cs, frame.eip, frame.error_code);
}

/*
 * HLT raises #GP at CPL 3. An exit by HLT means that the guest was in ring 0.
 */
static enum exit_action on_hlt(struct vcpu *vcpu)
{
	vcpu_skip(vcpu, vcpu_exit_instruction_bytes(vcpu));
	return guest16_halt(vcpu->guest);
}

static enum exit_action on_ept_violation(struct vcpu *vcpu, u64 address)
{
	return guest16_memory_missing(vcpu->guest, address, "EPT violation");
}

const struct vcpu_ops guest16_v86_ops = {
	.exception = on_exception,
	.interrupt = guest16_interrupt,
	.interrupt_window = guest16_interrupt_window,
	.hlt = on_hlt,
	.vmcall = guest16_vmcall,
	.io = guest16_io,
	.ept_violation = on_ept_violation,
	.other = watch16_other,
	.resuming = watch16_resuming,
	.ended = guest16_ended,
	.describe = guest16_describe,
};
