/*
 * Runs the emulator for one instruction of the loaded guest, and acts on the
 * result. On the guest's core, interrupts off.
 */
/* build: hot */
#include "guest/code16/v86_program.h"

#include "arch/cpu.h"
#include "arch/x86.h"
#include "guest/code16/engine.h"
#include "guest/code16/guest16_exits.h"
#include "guest/memory/v86_tables.h"
#include "vmm/exit.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_state.h"

#define IVT_LIMIT 0x3ff

static const u8 *op_code(void *context, u32 linear, u32 *count)
{
	struct guest16 *guest = context;

	*count = (u32)(PAGE_SIZE - linear % PAGE_SIZE);
	return guest_memory_at(&guest->memory, linear);
}

static void op_segments(void *context, struct bios_regs *regs)
{
	guest16_get_other_segments(context, regs);
}

static bool op_read8(void *context, u32 linear, u8 *value)
{
	struct guest16 *guest = context;
	const u8 *at = guest_memory_at(&guest->memory, linear);

	if (at == NULL) {
		return false;
	}
	*value = *at;
	return true;
}

static bool op_writable(void *context, u32 linear)
{
	struct guest16 *guest = context;

	return guest_memory_at(&guest->memory, linear) != NULL;
}

static void op_write8(void *context, u32 linear, u8 value)
{
	struct guest16 *guest = context;
	u8 *at = guest_memory_at(&guest->memory, linear);

	if (at != NULL) {
		*at = value;
	}
}

static bool op_in(void *context, u16 port, unsigned bytes, u32 *value)
{
	struct guest16 *guest = context;
	u32 mask = (u32)(BIT(8 * bytes) - 1);

	*value = (*value & ~mask) | board_in(&guest->board, port, (u8)bytes);
	return true;
}

static bool op_out(void *context, u16 port, unsigned bytes, u32 value)
{
	struct guest16 *guest = context;

	return board_out(&guest->board, port, (u8)bytes, value);
}

static bool op_rdmsr(void *context, u32 index, u64 *value)
{
	struct guest16 *guest = context;
	bool allowed = board_read_msr(&guest->board, index, value);

	if (!allowed) {
		vcpu_note_refusal(&guest->vcpu, REFUSAL_RDMSR, index, 0);
	}
	return allowed;
}

static bool op_wrmsr(void *context, u32 index, u64 value)
{
	struct guest16 *guest = context;
	bool allowed = board_write_msr(&guest->board, index, value);

	if (!allowed) {
		vcpu_note_refusal(&guest->vcpu, REFUSAL_WRMSR, index, value);
	}
	return allowed;
}

static void op_cpuid(void *context, u32 regs[4])
{
	struct vcpu_regs r = { .rax = regs[0], .rcx = regs[2] };

	(void)context;
	exit_guest_cpuid(&r);
	regs[0] = (u32)r.rax;
	regs[1] = (u32)r.rbx;
	regs[2] = (u32)r.rcx;
	regs[3] = (u32)r.rdx;
}

static const struct v86_machine_ops ops = {
	.code = op_code,
	.segments = op_segments,
	.read8 = op_read8,
	.writable = op_writable,
	.write8 = op_write8,
	.in = op_in,
	.out = op_out,
	.rdmsr = op_rdmsr,
	.wrmsr = op_wrmsr,
	.cpuid = op_cpuid,
};

void v86_program_init(struct guest16 *guest)
{
	v86_machine_init(&guest->program, &ops, guest);
}

static void registers_in(struct guest16 *guest)
{
	struct v86_machine *m = &guest->program;

	guest16_get_regs_and_cs(guest, &m->regs);
	m->segments_unread = true;
	m->interrupt_shadow = vcpu_interrupt_shadow(&guest->vcpu);
}

static void registers_out(struct guest16 *guest)
{
	struct v86_machine *m = &guest->program;

	/* Behind an instruction that ended at FFFFh most code goes on at 0. */
	m->regs.eip &= 0xffff;
	guest16_set_regs_and_cs(guest, &m->regs);
	vcpu_set_interrupt_shadow(&guest->vcpu, m->interrupt_shadow);
}

static enum exit_action stop(struct guest16 *guest, const char *what)
{
	return vcpu_stop(&guest->vcpu, VCPU_END_FAULT,
			 "%s at %04x:%04lx, opcode %02x", what,
			 vcpu_selector(&guest->vcpu, SEGMENT_CS),
			 vcpu_rip(&guest->vcpu), guest16_code_byte(guest, 0));
}

static enum exit_action shutdown(struct guest16 *guest)
{
	return vcpu_stop(&guest->vcpu, VCPU_END_SHUTDOWN,
			 "no exception can be delivered");
}

/*
 * Delivers an exception by the emulator, which has a copy of the registers; the
 * handler begins with that copy.
 */
static enum exit_action deliver(struct guest16 *guest, u8 vector)
{
	struct v86_machine *m = &guest->program;

	if (!guest16_has_handler(guest, m->idtr.base, m->idtr.limit, vector)) {
		return guest16_fault(guest, vector);
	}
	vcpu_note_refusal(&guest->vcpu, REFUSAL_EXCEPTION, vector, 0);
	switch (v86_deliver(m, vector, (u16)m->regs.eip)) {
	case V86_DONE:
		registers_out(guest);
		return EXIT_RESUME;
	case V86_SHUTDOWN:
		return shutdown(guest);
	default:
		return stop(guest, "IVT outside memory");
	}
}

enum exit_action v86_program_raise(struct guest16 *guest, u8 vector)
{
	registers_in(guest);
	return deliver(guest, vector);
}

/*
 * SIDT is not privileged and shows the program the engine's own IDT. A program
 * that loads that value again by LIDT means the IVT.
 */
static void keep_ivt(struct v86_machine *m)
{
	if (m->idtr.base == GUEST_SYSTEM_BASE + V86_IDT_OFFSET) {
		m->idtr = (struct v86_table_register){ .limit = IVT_LIMIT };
	}
}

static enum exit_action done(struct guest16 *guest)
{
	struct v86_machine *m = &guest->program;

	keep_ivt(m);
	if (m->single_step) {
		v86_deliver(m, VECTOR_DB, (u16)m->regs.eip);
	}
	registers_out(guest);
	return EXIT_RESUME;
}

enum exit_action v86_program_step(struct guest16 *guest, u8 fault)
{
	struct v86_machine *m = &guest->program;

	if (guest16_in_protected_mode(guest)) {
		return stop(guest, "instruction in protected mode");
	}
	registers_in(guest);
	switch (v86_step(m)) {
	case V86_DONE:
	case V86_REPEAT:
		return done(guest);
	case V86_HALT:
		registers_out(guest);
		return guest16_halt(guest);
	case V86_EXCEPTION:
		return deliver(guest, m->vector);
	case V86_PROTECTED_MODE:
		return vcpu_stop(&guest->vcpu, VCPU_END_REFUSED,
				 "the code at %04x:%04x enters protected "
				 "mode, which engine %s cannot; use engine=real",
				 m->regs.cs, m->regs.eip, guest->engine->name);
	case V86_SHUTDOWN:
		return shutdown(guest);
	case V86_REFUSED:
		/* If a port handler has ended the run, its reason is kept. */
		return guest->vcpu.why[0] != '\0'
			       ? EXIT_STOP
			       : stop(guest, "access outside memory");
	case V86_UNSUPPORTED:
		break;
	}
	return deliver(guest, fault);
}
