/*
 * What a virtual-8086 guest's exits mean. On the guest's core, its VMCS
 * current, interrupts off.
 */
#include "arch/console.h"
#include "arch/cpu.h"
#include "arch/idle.h"
#include "arch/interrupt.h"
#include "arch/x86.h"
#include "guest/io_policy.h"
#include "guest/pic_lines.h"
#include "guest/v86.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "vmm/vmcs.h"

#define OPCODE_HLT 0xf4
#define OPCODE_INT_N 0xcd
#define INT_N_BYTES 2
#define CODE_BYTES_SHOWN 16
#define HALT_STEP_US 10000 /* how often a halted guest's time is looked at */

static struct v86 *v86_of(struct vcpu *vcpu)
{
	return vcpu->guest;
}

static u8 code_byte(struct v86 *v86, u32 index)
{
	const u8 *at = guest_memory_at(&v86->memory, v86_linear_ip() + index);

	return at == NULL ? 0 : *at;
}

/* A private page that was not there yet is made; everything else is an end. */
static enum exit_action page_fault(struct v86 *v86)
{
	u64 address = vmcs_read(VMCS_EXIT_QUALIFICATION);
	u64 error = vmcs_read(VMCS_VM_EXIT_INTERRUPTION_ERROR_CODE);
	int err = ERR_RANGE;

	if (!(error & PAGE_FAULT_P) && address < GUEST_LINEAR_END) {
		err = guest_memory_touch(&v86->memory, (u32)address);
	}
	if (err == 0) {
		return EXIT_RESUME;
	}
	return vcpu_stop(&v86->vcpu, VCPU_END_FAULT,
			 "page fault at %lx, error code %lx: %s", address,
			 error, error_text(err));
}

/*
 * Until an interrupt of the BIOS's is due, or the run's time is over. A guest
 * without such interrupts goes on after a while, as if one had come that
 * nobody handles.
 */
static void wait_for_interrupt(struct v86 *v86)
{
	if (v86->memory.view != GUEST_VIEW_MACHINE) {
		cpu_relax_idle();
		return;
	}
	while (!pic_lines_pending() && rdtsc() < v86->vcpu.deadline_tsc) {
		interrupt_wait_for_pic(HALT_STEP_US);
	}
	pic_lines_deliver(v86);
}

/* HLT is privileged, so in virtual-8086 mode it is a #GP. */
static enum exit_action halt(struct v86 *v86)
{
	if (vmcs_read(VMCS_GUEST_RFLAGS) & RFLAGS_IF) {
		vcpu_skip(&v86->vcpu, 1);
		wait_for_interrupt(v86);
		return EXIT_RESUME;
	}
	return vcpu_stop(&v86->vcpu,
			 v86->halts_end_it ? VCPU_END_DONE : VCPU_END_FAULT,
			 "HLT with interrupts off");
}

static enum exit_action general_protection(struct v86 *v86)
{
	u8 opcode = code_byte(v86, 0);

	if (opcode == OPCODE_HLT) {
		return halt(v86);
	}
	/* Without VME the processor leaves INT n to us. */
	if (opcode == OPCODE_INT_N && !v86->vme) {
		u8 vector = code_byte(v86, 1);

		vcpu_skip(&v86->vcpu, INT_N_BYTES);
		v86_enter_vector(v86, vector);
		return EXIT_RESUME;
	}
	return vcpu_stop(&v86->vcpu, VCPU_END_FAULT,
			 "#GP at %04lx:%04lx, error code %lx, opcode %02x",
			 vmcs_read(VMCS_GUEST_CS_SELECTOR),
			 vmcs_read(VMCS_GUEST_RIP),
			 vmcs_read(VMCS_VM_EXIT_INTERRUPTION_ERROR_CODE),
			 opcode);
}

static enum exit_action on_exception(struct vcpu *vcpu, u32 info)
{
	struct v86 *v86 = v86_of(vcpu);
	u8 vector = interruption_info_vector(info);

	switch (vector) {
	case VECTOR_PF:
		return page_fault(v86);
	case VECTOR_GP:
		return general_protection(v86);
	case VECTOR_BP:
	case VECTOR_OF:
		/* INT3 and INTO: RIP is still at the instruction. */
		vcpu_skip(vcpu, vmcs_read(VMCS_VM_EXIT_INSTRUCTION_LENGTH));
		v86_enter_vector(v86, vector);
		return EXIT_RESUME;
	case VECTOR_DE:
	case VECTOR_BR:
		/* As in real mode: the BIOS has handlers for these. */
		v86_enter_vector(v86, vector);
		return EXIT_RESUME;
	default:
		return vcpu_stop(vcpu, VCPU_END_FAULT, "%s at %04lx:%04lx",
				 exception_name(vector),
				 vmcs_read(VMCS_GUEST_CS_SELECTOR),
				 vmcs_read(VMCS_GUEST_RIP));
	}
}

static void on_interrupt(struct vcpu *vcpu)
{
	struct v86 *v86 = v86_of(vcpu);

	if (v86->memory.view == GUEST_VIEW_MACHINE) {
		pic_lines_deliver(v86);
	}
}

static enum exit_action on_interrupt_window(struct vcpu *vcpu)
{
	pic_lines_deliver(v86_of(vcpu));
	return EXIT_RESUME;
}

/* Not reached while CPL is 3; kept for the day it is. */
static enum exit_action on_hlt(struct vcpu *vcpu)
{
	return halt(v86_of(vcpu));
}

static enum exit_action on_vmcall(struct vcpu *vcpu)
{
	struct v86 *v86 = v86_of(vcpu);

	if (vmcs_read(VMCS_GUEST_CS_SELECTOR) == v86->return_cs &&
	    vmcs_read(VMCS_GUEST_RIP) == v86->return_ip) {
		vcpu->end = VCPU_END_DONE;
		return EXIT_STOP;
	}
	return vcpu_stop(vcpu, VCPU_END_FAULT,
			 "VMCALL at %04lx:%04lx: the hypervisor offers no calls",
			 vmcs_read(VMCS_GUEST_CS_SELECTOR),
			 vmcs_read(VMCS_GUEST_RIP));
}

static enum exit_action on_io(struct vcpu *vcpu, struct io_qualification io)
{
	return io_policy_exit(v86_of(vcpu), io);
}

static void describe(struct vcpu *vcpu)
{
	struct v86 *v86 = v86_of(vcpu);
	char bytes[CODE_BYTES_SHOWN * 3 + 1];

	for (u32 i = 0; i < CODE_BYTES_SHOWN; i++) {
		fmt_snprintf(bytes + i * 3, 4, " %02x", code_byte(v86, i));
	}
	console_printf("report: bytes at %04lx:%04lx:%s\n",
		       vmcs_read(VMCS_GUEST_CS_SELECTOR),
		       vmcs_read(VMCS_GUEST_RIP), bytes);
}

const struct vcpu_ops v86_ops = {
	.exception = on_exception,
	.interrupt = on_interrupt,
	.interrupt_window = on_interrupt_window,
	.hlt = on_hlt,
	.vmcall = on_vmcall,
	.io = on_io,
	.describe = describe,
};
