/*
 * Exits that mean the same in all modes of the guest's code. On the guest's
 * core, its VMCS current, interrupts off.
 */
/* build: hot */
#include "guest/code16/guest16_exits.h"

#include "arch/console/console.h"
#include "arch/console/console_poll.h"
#include "arch/console/input.h"
#include "arch/cpu.h"
#include "arch/idle.h"
#include "arch/machine.h"
#include "arch/x86.h"
#include "guest/memory/bios_area.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"
#include "guest/code16/guest16_irq.h"
#include "guest/far_ptr.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "vmm/vcpu_exit.h"
#include "vmm/vcpu_state.h"

#define HALT_STEP_US 10000 /* how often a halted guest's time is looked at */

/*
 * The exit may also come while the processor delivers an event to a stack whose
 * page is not made yet: then RIP is still at the INT n or the faulting
 * instruction, which is executed again. Other events the host delivers itself,
 * and so is not interrupted.
 */
enum exit_action guest16_memory_missing(struct guest16 *guest, u64 address,
					const char *what)
{
	int err = guest_memory_touch(&guest->memory, address);

	if (err == 0) {
		return EXIT_RESUME;
	}
	if (machine_is_ram(address)) {
		return vcpu_stop(&guest->vcpu, VCPU_END_REFUSED,
				 "the memory at %lx is the hypervisor's",
				 address);
	}
	return vcpu_stop(&guest->vcpu, VCPU_END_FAULT, "%s at %lx: %s", what,
			 address, error_text(err));
}

bool guest16_has_handler(struct guest16 *guest, u64 base, u64 limit, u8 vector)
{
	const u32 at = vector * (u32)sizeof(struct far_ptr);
	const u8 *at_boot = (const u8 *)bios_area_page(0) + at;
	struct far_ptr now;

	if (at + sizeof(now) > limit + 1) {
		return true;
	}
	return guest_memory_read(&guest->memory, (u32)base + at, &now,
				 sizeof(now)) == 0 &&
	       memcmp(&now, at_boot, sizeof(now)) != 0;
}

enum exit_action guest16_fault(struct guest16 *guest, u8 vector)
{
	return vcpu_stop(&guest->vcpu, VCPU_END_FAULT,
			 "%s at %04x:%04lx, opcode %02x; interrupt vector "
			 "%02x is the BIOS's own",
			 exception_name(vector),
			 vcpu_selector(&guest->vcpu, SEGMENT_CS),
			 vcpu_rip(&guest->vcpu), guest16_code_byte(guest, 0),
			 vector);
}

/*
 * Waits until an interrupt of the BIOS's is due, or the run's time is over. On
 * a board without interrupts the guest goes on after a while, as if one had
 * come that nobody handles.
 */
static void wait_for_interrupt(struct guest16 *guest)
{
	struct board *board = &guest->board;

	if (!board_has_lines(board)) {
		cpu_relax_idle();
		return;
	}
	while (!board_interrupt_waits(board) && !input_interrupted() &&
	       !vcpu_time_is_up(&guest->vcpu, rdtsc())) {
		board->kind->lines->wait(board, HALT_STEP_US);
		console_poll();
	}
	guest16_irq_deliver(guest);
}

/* Ends or waits; RIP is already behind the HLT. */
enum exit_action guest16_halt(struct guest16 *guest)
{
	u64 rflags = vcpu_rflags(&guest->vcpu);

	if (rflags & RFLAGS_TF) {
		return EXIT_RESUME; /* the single-step trap ends the HLT */
	}
	if (rflags & RFLAGS_IF) {
		wait_for_interrupt(guest);
		return vcpu_check_interrupted(&guest->vcpu);
	}
	if (guest->hlt_ends) {
		return EXIT_STOP;
	}
	return vcpu_stop(&guest->vcpu, VCPU_END_FAULT,
			 "HLT with interrupts off");
}

void guest16_interrupt(struct vcpu *vcpu)
{
	guest16_irq_deliver_if_any(vcpu->guest);
}

enum exit_action guest16_interrupt_window(struct vcpu *vcpu)
{
	guest16_irq_deliver(vcpu->guest);
	return EXIT_RESUME;
}

/* This VMCALL is not the one at which a call ends. */
enum exit_action guest16_vmcall(struct vcpu *vcpu)
{
	const struct guest16 *guest = vcpu->guest;

	if (guest->engine->uses_v86 &&
	    !(vcpu_rflags(&guest->vcpu) & RFLAGS_VM)) {
		return guest16_v86_ring_0_vmcall(vcpu);
	}
	return vcpu_stop(vcpu, VCPU_END_FAULT,
			 "VMCALL at %04x:%04lx: the hypervisor offers no calls",
			 vcpu_selector(&guest->vcpu, SEGMENT_CS),
			 vcpu_rip(&guest->vcpu));
}

/*
 * The handler of a trap returns behind the instruction, as the BIOS's handlers
 * expect. For INT1, INT3 and INTO the processor leaves RIP at the instruction,
 * so that RIP is moved here. This also ends blocking by STI and MOV SS: the
 * handler begins with IF clear, and VM entry does not allow blocking by STI
 * then.
 */
enum exit_action guest16_reflect(struct guest16 *guest, u32 info)
{
	enum interruption_type type = interruption_info_type(info);
	u64 bytes = 0;

	if (type == INTERRUPTION_TYPE_PRIVILEGED_SOFTWARE_EXCEPTION ||
	    type == INTERRUPTION_TYPE_SOFTWARE_EXCEPTION) {
		bytes = vcpu_exit_instruction_bytes(&guest->vcpu);
	}
	vcpu_skip(&guest->vcpu, bytes);
	guest16_enter_vector(guest, interruption_info_vector(info));
	return EXIT_RESUME;
}

/*
 * Reads the code at CS:IP now, at the run's end: repairs close the guest's A20
 * gate, and the code may lie behind it.
 */
void guest16_ended(struct vcpu *vcpu)
{
	struct guest16 *guest = vcpu->guest;

	for (u32 i = 0; i < GUEST16_CODE_BYTES; i++) {
		guest->end_code[i] = guest16_code_byte(guest, i);
	}
}

void guest16_describe(struct vcpu *vcpu)
{
	const struct guest16 *guest = vcpu->guest;
	char bytes[GUEST16_CODE_BYTES * 3 + 1];

	for (u32 i = 0; i < GUEST16_CODE_BYTES; i++) {
		fmt_snprintf(bytes + i * 3, 4, " %02x", guest->end_code[i]);
	}
	console_printf("report: bytes at %04x:%04lx:%s\n",
		       vcpu_selector(&guest->vcpu, SEGMENT_CS),
		       vcpu_rip(&guest->vcpu), bytes);
}
