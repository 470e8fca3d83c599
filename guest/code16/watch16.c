/*
 * Arms a guest's VMCS for what is to be watched, and notes ports and INTs. What
 * passes unseen otherwise is made to exit: ports by unconditional I/O exiting;
 * INT n in virtual-8086 mode by the redirection map, in real mode by an IDTR
 * limit of 0, which makes it a #GP. The way back of an INT is found by an
 * execution breakpoint at its return address. On the guest's core, its VMCS
 * current, interrupts off.
 */
#include "guest/code16/watch16.h"

#include "arch/cpu.h"
#include "arch/x86.h"
#include "guest/code16/engine.h"
#include "guest/code16/watch16_parts.h"
#include "guest/memory/v86_tables.h"
#include "guest/watch/access_counts.h"
#include "guest/watch/port_names.h"
#include "lib/string.h"
#include "vmm/vcpu_setup.h"
#include "vmm/vcpu_state.h"

#define INT_N_BYTES 2
#define REAL_IVT_LIMIT 0x3ffu
#define DR7_GLOBAL(n) (2u << 2 * (n)) /* length 1, execution */
/*
 * Machine checks among them: not caught, they would go through the guest's IVT
 * as INT 12h. For NMIs the bit has no meaning.
 */
#define EVERY_EXCEPTION UINT32_MAX
static_assert(EVERY_EXCEPTION >> VECTOR_MC & 1,
	      "the machine's, not the guest's");

static bool wants(const struct guest16 *guest, enum trace_kind kind)
{
	return (guest->vcpu.trace & TRACE_BIT(kind)) != 0;
}

static void write_dr(unsigned n, u32 linear)
{
	switch (n) {
	case 0:
		write_dr0(linear);
		break;
	case 1:
		write_dr1(linear);
		break;
	case 2:
		write_dr2(linear);
		break;
	default:
		write_dr3(linear);
		break;
	}
}

int watch16_from_register(void)
{
	for (int i = WATCH_BREAKPOINTS - 1; i >= 0; i--) {
		if (watch_config.has_from && !watch_config.breakpoint[i].used) {
			return i;
		}
	}
	return -1;
}

/* DR0-3 are no fields of the VMCS; the host itself uses none. */
static void set_breakpoints(struct guest16 *guest, bool live)
{
	const struct guest_watch *w = &guest->watch;
	int from = watch16_from_register();
	u32 linear[1 + WATCH_BREAKPOINTS] = { 0 };
	u32 dr7 = 0;

	if (live && w->depth != 0) {
		const struct watch_frame *top = &w->frame[w->depth - 1];

		linear[0] = far_to_linear(top->cs, top->ip);
		dr7 |= DR7_GLOBAL(0);
	}
	for (int i = 0; i < WATCH_BREAKPOINTS && live; i++) {
		const struct watch_breakpoint *b = &watch_config.breakpoint[i];
		struct far_ptr at = i == from ? watch_config.from : b->at;

		if (i == from || b->used) {
			linear[i + 1] = far_to_linear(at.segment, at.offset);
			dr7 |= DR7_GLOBAL(i + 1);
		}
	}
	for (unsigned i = 0; i < ARRAY_SIZE(linear); i++) {
		write_dr(i, linear[i]);
	}
	vcpu_set_dr7(&guest->vcpu, DR7_RESET | dr7);
}

/* Nothing but INT n and interrupts of the BIOS's reads the IVT by IDTR. */
static void trap_real_mode_ints(struct guest16 *guest, bool on)
{
	struct vcpu *vcpu = &guest->vcpu;
	struct vcpu_table ivt = vcpu_idtr(vcpu);
	u64 owned = vcpu_owned_cr0(vcpu);

	vcpu_intercept_exceptions(vcpu, on ? EVERY_EXCEPTION
					   : guest->watch.exceptions);
	if (ivt.base == 0 && (ivt.limit == 0 || ivt.limit == REAL_IVT_LIMIT)) {
		ivt.limit = on ? 0 : REAL_IVT_LIMIT;
		vcpu_set_idtr(vcpu, ivt);
	}
	/* To know when it goes to protected mode, where it has an IDT. */
	vcpu_own_cr0(vcpu,
		     guest->watch.armed ? owned | CR0_PE : owned & ~CR0_PE);
}

static void force_tf(struct guest16 *guest, bool on)
{
	struct guest_watch *w = &guest->watch;
	u64 rflags = vcpu_rflags(&guest->vcpu) & ~w->forced_flags;

	w->forced_flags = on ? RFLAGS_TF : 0;
	vcpu_set_rflags(&guest->vcpu, rflags | w->forced_flags);
}

void watch16_apply(struct guest16 *guest)
{
	struct guest_watch *w = &guest->watch;
	bool live = w->armed && !w->suspended;
	bool ports = (live && wants(guest, TRACE_IO)) ||
		     guest->board.io_bitmaps == NULL;
	bool by_tf = live && w->stepping && !w->by_mtf;
	/* TF would be lost in INT n. */
	bool ints = live && (wants(guest, TRACE_INT) || by_tf);

	set_breakpoints(guest, live);
	w->ints = ints;
	if (guest->engine->uses_v86) {
		v86_tables_trap_ints(guest->memory.system, ints);
	} else {
		trap_real_mode_ints(guest, ints);
	}
	vcpu_intercept(&guest->vcpu, VCPU_INTERCEPT_PORTS, ports);
	vcpu_intercept(&guest->vcpu, VCPU_INTERCEPT_STEPS,
		       live && w->stepping && w->try_mtf);
	force_tf(guest, by_tf);
}

/* An LIDT, as on the way back from protected mode, gives it its IVT again. */
void watch16_keep_armed(struct guest16 *guest)
{
	if (!guest->engine->uses_v86 && guest->watch.ints &&
	    vcpu_idtr(&guest->vcpu).limit != 0) {
		trap_real_mode_ints(guest, true);
	}
}

void watch16_begin(struct guest16 *guest)
{
	struct guest_watch *w = &guest->watch;
	const struct watch_config *config = &watch_config;

	if (!watch_core_wanted()) {
		return;
	}
	memset(w, 0, sizeof(*w));
	w->armed = true;
	w->exceptions = vcpu_intercepted_exceptions(&guest->vcpu);
	if (!guest->engine->uses_v86) {
		/* What is armed is not what the next call wants to find. */
		engine_release_real_state(guest);
	}
	w->try_mtf = vcpu_can_intercept(VCPU_INTERCEPT_STEPS);
	vcpu_trace(&guest->vcpu, config->kinds | TRACE_WATCHED);
	watch16_apply(guest);
	if (config->steps != 0 && !config->has_from) {
		watch16_step_on(guest, config->steps);
	}
}

void watch16_add_regs(struct guest16 *guest, struct trace_event *event,
		      const struct bios_regs *regs)
{
	static_assert(sizeof(event->regs) == sizeof(*regs), "sixteen");
	event->depth = (u8)guest->watch.depth;
	memcpy(event->regs, regs, sizeof(*regs));
}

static void note_return(struct guest16 *guest, const struct watch_frame *frame,
			const struct bios_regs *regs, u8 flags)
{
	const u32 *before = (const u32 *)&frame->regs;
	struct trace_event *event;

	if (!wants(guest, TRACE_INT) || !watch_vector_wanted(frame->vector)) {
		return;
	}
	event = trace_add(&guest->vcpu, TRACE_INT_RETURN);
	if (event == NULL) {
		return;
	}
	watch16_add_regs(guest, event, regs);
	event->vector = frame->vector;
	event->flags = flags;
	event->ticks = rdtsc() - frame->tsc;
	for (unsigned i = 0; i < TRACE_REGS; i++) {
		if (event->regs[i] != before[i]) {
			event->changed |= (u16)(1u << i);
		}
	}
}

/* Frames below the stack pointer have been left without a return. */
static void drop_lost_frames(struct guest16 *guest,
			     const struct bios_regs *regs)
{
	struct guest_watch *w = &guest->watch;

	while (w->depth != 0) {
		const struct watch_frame *top = &w->frame[w->depth - 1];

		if (top->ss != (u16)regs->ss || top->sp >= (u16)regs->esp) {
			return;
		}
		w->depth--;
		note_return(guest, top, regs, TRACE_INT_LOST);
	}
}

void watch16_end(struct guest16 *guest)
{
	struct guest_watch *w = &guest->watch;
	struct bios_regs regs;

	guest16_get_regs(guest, &regs);
	while (w->depth != 0) {
		w->depth--;
		note_return(guest, &w->frame[w->depth], &regs, TRACE_INT_LOST);
	}
	w->armed = false;
	w->stepping = false;
	watch16_apply(guest);
	vcpu_trace(&guest->vcpu, 0);
	trace_flush();
}

void watch16_int(struct guest16 *guest, bool handled)
{
	struct guest_watch *w = &guest->watch;
	u8 vector = guest16_code_byte(guest, 1);
	struct watch_frame *frame;
	struct bios_regs regs;

	if (!wants(guest, TRACE_INT)) {
		return;
	}
	guest16_get_regs(guest, &regs);
	drop_lost_frames(guest, &regs);
	if (w->depth != 0 || (u16)regs.cs != guest->vcpu.return_cs) {
		access_counts_note_int(guest->access_counts, vector);
	}
	if (watch_vector_wanted(vector)) {
		struct trace_event *event = trace_add(&guest->vcpu, TRACE_INT);

		if (event != NULL) {
			watch16_add_regs(guest, event, &regs);
			event->vector = vector;
			event->flags = handled ? TRACE_INT_HOST : 0;
		}
	}
	if (w->depth == WATCH_FRAMES) {
		return;
	}
	frame = &w->frame[w->depth++];
	*frame = (struct watch_frame){ .vector = vector,
				       .cs = (u16)regs.cs,
				       .ip = (u16)(regs.eip + INT_N_BYTES),
				       .ss = (u16)regs.ss,
				       .sp = (u16)regs.esp,
				       .tsc = rdtsc(),
				       .regs = regs };
	set_breakpoints(guest, true);
}

static void pop_frame(struct guest16 *guest, const struct bios_regs *regs)
{
	struct guest_watch *w = &guest->watch;

	w->depth--;
	note_return(guest, &w->frame[w->depth], regs, 0);
	set_breakpoints(guest, true);
}

void watch16_int_done(struct guest16 *guest)
{
	struct bios_regs regs;

	if (wants(guest, TRACE_INT) && guest->watch.depth != 0) {
		guest16_get_regs(guest, &regs);
		pop_frame(guest, &regs);
	}
}

/* The same code may run deeper down, with another stack pointer. */
void watch16_return_hit(struct guest16 *guest)
{
	struct guest_watch *w = &guest->watch;
	struct bios_regs regs;

	guest16_get_regs(guest, &regs);
	drop_lost_frames(guest, &regs);
	if (w->depth != 0 && w->frame[w->depth - 1].ss == (u16)regs.ss &&
	    w->frame[w->depth - 1].sp == (u16)regs.esp) {
		pop_frame(guest, &regs);
	}
}

struct trace_event watch16_io_before(struct vcpu *vcpu,
				     struct io_qualification io)
{
	const struct guest16 *guest = vcpu->guest;
	struct trace_event event = {
		.kind = TRACE_IO,
		.cs = (u16)vcpu_selector(vcpu, SEGMENT_CS),
		.ip = vcpu_rip(vcpu),
		.flags = (u8)((io.in ? TRACE_IO_IN : 0) |
			      (io.string ? TRACE_IO_STRING : 0) |
			      (io.in && port_is_status(io.port) ? TRACE_IO_POLL
								: 0)),
		.count = 1,
		.depth = (u8)guest->watch.depth,
		.io = { .port = (u16)io.port,
			.bytes = io_qualification_bytes(io) },
	};

	if (io.string) {
		event.count = io.rep ? (u16)vcpu->regs.rcx : 1;
		event.io.offset =
			(u16)(io.in ? vcpu->regs.rdi : vcpu->regs.rsi);
		event.io.segment = (u16)vcpu_selector(vcpu, io.in ? SEGMENT_ES
								  : SEGMENT_DS);
	}
	return event;
}

static u32 low_bytes(u8 bytes)
{
	return bytes == 4 ? UINT32_MAX : (1u << 8 * bytes) - 1;
}

void watch16_io_after(struct vcpu *vcpu, struct trace_event *event)
{
	if (!watch_port_wanted(event->io.port)) {
		return;
	}
	if (event->flags & TRACE_IO_STRING) {
		/* As far as it came: an exit may have cut a REP short. */
		event->count -= event->count > 1 ? (u16)vcpu->regs.rcx : 0;
	} else {
		event->io.value =
			(u32)vcpu->regs.rax & low_bytes(event->io.bytes);
		event->io.last = event->io.value;
	}
	trace_add_io(vcpu, event);
}

static void note(struct guest16 *guest, enum trace_note what)
{
	struct trace_event *event = trace_add(&guest->vcpu, TRACE_NOTE);

	if (event != NULL) {
		event->vector = (u8)what;
	}
}

/*
 * In protected mode the guest has an IDT and exceptions of its own, and INS and
 * OUTS cannot be emulated: all that is let alone until it comes back.
 */
void watch16_mode_changed(struct guest16 *guest)
{
	struct guest_watch *w = &guest->watch;
	bool in_pm = guest16_in_protected_mode(guest);

	if (!w->armed || w->suspended == in_pm) {
		return;
	}
	w->suspended = in_pm;
	note(guest, in_pm ? TRACE_NOTE_PROTECTED_MODE : TRACE_NOTE_REAL_MODE);
	watch16_apply(guest);
}
