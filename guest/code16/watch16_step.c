/*
 * Single steps and breakpoints. A step is an event with the registers before an
 * instruction; the next event shows what the instruction did. By the monitor
 * trap flag, where the processor has it, the guest cannot notice the steps.
 * Otherwise RFLAGS.TF is set in the guest, and what would show TF is corrected:
 * the FLAGS that the guest pushes; INT n, which clears TF and so is done by the
 * host; and MOV SS, behind which the trap is delayed by one instruction. On the
 * guest's core, its VMCS current, interrupts off.
 */
#include "guest/code16/watch16_step.h"

#include "arch/x86.h"
#include "guest/code16/guest16_irq.h"
#include "guest/code16/v86_program.h"
#include "guest/code16/watch16_arm.h"
#include "guest/code16/watch16_ints.h"
#include "guest/watch/watch.h"
#include "lib/string.h"
#include "vmm/exit.h"
#include "vmm/vcpu_events.h"
#include "vmm/vcpu_exit.h"
#include "vmm/vcpu_state.h"

#define OPCODE_POP_SS 0x17
#define OPCODE_MOV_SREG 0x8e
#define MODRM_SS_REGISTER 0xd0 /* mod 3, reg 2 */
#define MODRM_RM 0x07
#define OPCODE_PUSHF 0x9c

static void read_code(struct guest16 *guest, u8 *code)
{
	for (u32 i = 0; i < TRACE_CODE_BYTES; i++) {
		code[i] = guest16_code_byte(guest, i);
	}
}

static bool is_prefix(u8 byte)
{
	return byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e ||
	       (byte >= 0x64 && byte <= 0x67) || byte == 0xf0 || byte == 0xf2 ||
	       byte == 0xf3;
}

static u8 opcode_at(struct guest16 *guest)
{
	u32 i = 0;

	while (i < TRACE_CODE_BYTES && is_prefix(guest16_code_byte(guest, i))) {
		i++;
	}
	return guest16_code_byte(guest, i);
}

static void snapshot(struct guest16 *guest)
{
	struct guest_watch *w = &guest->watch;
	struct trace_event *event;

	w->interrupted = false;
	guest16_get_regs(guest, &w->last);
	w->last_code = opcode_at(guest);
	event = trace_add(&guest->vcpu, TRACE_STEP);
	if (event != NULL) {
		watch16_add_regs(guest, event, &w->last);
		/* The number of the step, by which a reader sees gaps. */
		event->ticks = w->step_number;
		read_code(guest, event->code);
	}
	w->step_number++;
}

void watch16_step_on(struct guest16 *guest, u32 steps)
{
	struct guest_watch *w = &guest->watch;

	w->stepping = true;
	w->steps_left = steps;
	watch16_arm(guest);
	snapshot(guest);
}

static void step_off(struct guest16 *guest)
{
	struct trace_event *event;

	guest->watch.stepping = false;
	guest->watch.shadow = false;
	watch16_arm(guest);
	event = trace_add(&guest->vcpu, TRACE_NOTE);
	if (event != NULL) {
		event->vector = TRACE_NOTE_STEPS_END;
	}
}

/* Clears TF in the FLAGS that the guest has just pushed. */
static void clean_pushed_flags(struct guest16 *guest)
{
	u32 base = (u32)vcpu_segment_base(&guest->vcpu, SEGMENT_SS);
	u16 sp = (u16)vcpu_rsp(&guest->vcpu);
	u8 *high = guest_memory_at(&guest->memory, base + (u16)(sp + 1));

	if (high != NULL) {
		*high &= (u8) ~(RFLAGS_TF >> 8);
	}
}

/*
 * Executes a MOV SS or POP SS at RIP, in the forms that BIOSes use. The
 * processor would delay the trap behind it until after the next instruction, so
 * that this one would have no event.
 */
static bool do_load_ss(struct guest16 *guest)
{
	u8 opcode = guest16_code_byte(guest, 0);
	u8 modrm = guest16_code_byte(guest, 1);
	struct bios_regs regs;

	guest16_get_regs(guest, &regs);
	if (opcode == OPCODE_POP_SS) {
		u32 base = (u32)vcpu_segment_base(&guest->vcpu, SEGMENT_SS);
		u16 sp = (u16)regs.esp;
		u8 *low = guest_memory_at(&guest->memory, base + sp);
		u8 *high =
			guest_memory_at(&guest->memory, base + (u16)(sp + 1));

		if (low == NULL || high == NULL) {
			return false;
		}
		regs.ss = (u32)*low | (u32)*high << 8;
		regs.esp = (regs.esp & 0xffff0000u) | (u16)(sp + 2);
		regs.eip = (u16)(regs.eip + 1);
	} else if (opcode == OPCODE_MOV_SREG &&
		   (modrm & ~MODRM_RM) == MODRM_SS_REGISTER) {
		regs.ss = (u16)vcpu_gpr(&guest->vcpu, modrm & MODRM_RM);
		regs.eip = (u16)(regs.eip + 2);
	} else {
		return false;
	}
	guest16_set_regs(guest, &regs);
	guest->watch.shadow = true;
	return true;
}

static bool is_at(const struct bios_regs *regs, struct far_ptr at)
{
	return far_to_linear((u16)regs->cs, (u16)regs->eip) ==
	       far_to_linear(at.segment, at.offset);
}

/* Ends a step: notes the registers, and decides whether to step on. */
static void advance(struct guest16 *guest)
{
	struct guest_watch *w = &guest->watch;

	if (w->trapped && w->forced_flags != 0 &&
	    w->last_code == OPCODE_PUSHF) {
		clean_pushed_flags(guest);
	}
	if (!w->interrupted) {
		w->steps_left--;
	}
	snapshot(guest);
	if (w->steps_left == 0 ||
	    (watch_config.has_until && is_at(&w->last, watch_config.until))) {
		step_off(guest);
	}
}

static bool has_moved(struct guest16 *guest)
{
	struct bios_regs now;

	guest16_get_regs(guest, &now);
	return memcmp(&now, &guest->watch.last, sizeof(now)) != 0;
}

/*
 * Sets TF for the next instruction. With TF set and blocking by STI or MOV SS,
 * VM entry demands a pending single step, which would trap before the
 * instruction. So the VMCS's blocking is cleared and remembered here instead:
 * no interrupt is delivered before that one instruction is done. TF must be set
 * again because an IRET or POPF may have loaded the program's own flags.
 */
static void arm_tf(struct guest16 *guest)
{
	struct vcpu *vcpu = &guest->vcpu;

	if (vcpu_interrupt_shadow(vcpu)) {
		vcpu_set_interrupt_shadow(vcpu, false);
		guest->watch.shadow = true;
	}
	vcpu_forget_pending_debug(vcpu);
	vcpu_set_rflags(vcpu, vcpu_rflags(vcpu) | guest->watch.forced_flags);
}

/*
 * The first trap shows whether the monitor trap flag works: its exit comes
 * before the #DB. Bochs 2.7 has processors that allow the control and never
 * exit by it.
 */
static void settle_mtf(struct guest16 *guest, bool works)
{
	struct guest_watch *w = &guest->watch;

	if (w->by_mtf == works && w->try_mtf == works) {
		return;
	}
	w->by_mtf = works;
	w->try_mtf = works;
	vcpu_forget_pending_debug(&guest->vcpu);
	watch16_arm(guest);
}

static void step(struct guest16 *guest, bool mtf)
{
	struct guest_watch *w = &guest->watch;

	if (!w->trapped && !has_moved(guest)) {
		if (!w->by_mtf) {
			arm_tf(guest);
		}
		return;
	}
	w->shadow = false;
	advance(guest);
	if (w->trapped) {
		settle_mtf(guest, mtf);
	}
	w->trapped = false;
	if (w->by_mtf || !w->stepping) {
		return;
	}
	arm_tf(guest);
	while (w->stepping && do_load_ss(guest)) {
		advance(guest);
	}
	/* An interrupt that the blocking has delayed. */
	if (w->stepping && !w->shadow && board_has_lines(&guest->board) &&
	    board_interrupt_waits(&guest->board)) {
		guest16_irq_deliver(guest);
		if (has_moved(guest)) {
			snapshot(guest);
		}
	}
}

static u64 place(const struct vcpu *vcpu)
{
	return vcpu_segment_base(vcpu, SEGMENT_CS) + vcpu_rip(vcpu);
}

static bool has_exited_by(const struct vcpu *vcpu, u8 vector)
{
	return vcpu_exit_reason(vcpu) == EXIT_REASON_EXCEPTION_OR_NMI &&
	       interruption_info_vector(vcpu_exit_event(vcpu)) == vector;
}

/*
 * If an instruction at a breakpoint exits because a page is missing, it is
 * executed again and must not hit the breakpoint again. The exit saves RFLAGS
 * with RF set for this; Bochs 2.7 clears RF.
 */
static void keep_past_breakpoint(struct guest16 *guest)
{
	struct guest_watch *w = &guest->watch;
	struct vcpu *vcpu = &guest->vcpu;

	if (!w->at_breakpoint || has_exited_by(vcpu, VECTOR_DB)) {
		return;
	}
	w->at_breakpoint =
		place(vcpu) == w->breakpoint_place &&
		(vcpu_exit_reason(vcpu) == EXIT_REASON_EPT_VIOLATION ||
		 has_exited_by(vcpu, VECTOR_PF));
	if (w->at_breakpoint) {
		vcpu_set_rflags(vcpu, vcpu_rflags(vcpu) | RFLAGS_RF);
	}
}

void watch16_resuming(struct vcpu *vcpu)
{
	struct guest16 *guest = vcpu->guest;

	if (guest->watch.suspended) {
		return;
	}
	keep_past_breakpoint(guest);
	watch16_keep_armed(guest);
	if (guest->watch.stepping) {
		step(guest, false);
	}
}

/*
 * While the watch uses the debug registers, MOV DR exits: the program reads
 * what it wrote, and changes nothing.
 */
enum exit_action watch16_other(struct vcpu *vcpu, u32 reason)
{
	struct guest16 *guest = vcpu->guest;

	switch (reason) {
	case EXIT_REASON_MONITOR_TRAP_FLAG:
		guest->watch.trapped = true;
		step(guest, true);
		return EXIT_RESUME;
	case EXIT_REASON_MOV_DR:
		return v86_program_step(guest, VECTOR_GP);
	default:
		return exit_not_supported(vcpu);
	}
}

static void breakpoint_hit(struct guest16 *guest, int index)
{
	struct watch_breakpoint *b = &watch_config.breakpoint[index];
	struct trace_event *event;
	struct bios_regs regs;

	if (index == watch16_from_register()) {
		if (!guest->watch.stepping && guest->watch.step_number == 0) {
			watch16_step_on(guest, watch_config.steps);
		}
		return;
	}
	/* Several cores may hit the breakpoint at once. */
	__atomic_fetch_add(&b->hits, 1, __ATOMIC_RELAXED);
	guest16_get_regs(guest, &regs);
	event = trace_add(&guest->vcpu, TRACE_BREAK);
	if (event != NULL) {
		watch16_add_regs(guest, event, &regs);
		event->vector = (u8)(index + 1);
		read_code(guest, event->code);
	}
	if (b->steps != 0 && !guest->watch.stepping) {
		watch16_step_on(guest, b->steps);
	}
}

bool watch16_debug(struct guest16 *guest)
{
	u64 why = vcpu_exit_debug_conditions(&guest->vcpu);
	bool ours = false;

	if (!guest->watch.armed) {
		return false;
	}
	if ((why & DR6_BS) && guest->watch.forced_flags != 0) {
		guest->watch.trapped = true;
		/* The event of the last step comes first. */
		step(guest, false);
		ours = true;
	}
	if (why & (DR6_B0 | DR6_B1 | DR6_B2 | DR6_B3)) {
		/*
		 * With RF set the instruction does not hit the breakpoint
		 * again.
		 */
		vcpu_set_rflags(&guest->vcpu,
				vcpu_rflags(&guest->vcpu) | RFLAGS_RF);
		guest->watch.at_breakpoint = true;
		guest->watch.breakpoint_place = place(&guest->vcpu);
		ours = true;
	}
	if (why & DR6_B0) {
		watch16_return_hit(guest);
	}
	for (int i = 0; i < WATCH_BREAKPOINTS; i++) {
		if (why & (DR6_B1 << i)) {
			breakpoint_hit(guest, i);
		}
	}
	return ours;
}
