/*
 * Notes each INT n of a watched guest, and its return: an INT is open from its
 * instruction until the guest is back behind it with the same stack. On the
 * guest's core, its VMCS current, interrupts off.
 */
#include "guest/code16/watch16_ints.h"

#include "arch/cpu.h"
#include "guest/code16/watch16_arm.h"
#include "guest/watch/access_counts.h"
#include "guest/watch/watch.h"
#include "lib/string.h"

#define INT_N_BYTES 2

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

	if (!watch_kind_wanted(&guest->vcpu, TRACE_INT) ||
	    !watch_vector_wanted(frame->vector)) {
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

/*
 * Drops open INTs whose stack frame lies below the stack pointer: the guest has
 * left them without a return.
 */
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

void watch16_int(struct guest16 *guest, bool handled)
{
	struct guest_watch *w = &guest->watch;
	u8 vector = guest16_code_byte(guest, 1);
	struct watch_frame *frame;
	struct bios_regs regs;

	if (!watch_kind_wanted(&guest->vcpu, TRACE_INT)) {
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
	watch16_arm_breakpoints(guest, true);
}

static void pop_frame(struct guest16 *guest, const struct bios_regs *regs)
{
	struct guest_watch *w = &guest->watch;

	w->depth--;
	note_return(guest, &w->frame[w->depth], regs, 0);
	watch16_arm_breakpoints(guest, true);
}

void watch16_int_done(struct guest16 *guest)
{
	struct bios_regs regs;

	if (watch_kind_wanted(&guest->vcpu, TRACE_INT) &&
	    guest->watch.depth != 0) {
		guest16_get_regs(guest, &regs);
		pop_frame(guest, &regs);
	}
}

/*
 * Closes the innermost INT, if the stack is the one it was called with: the
 * same code may be running in a deeper call.
 */
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

void watch16_ints_lost(struct guest16 *guest)
{
	struct guest_watch *w = &guest->watch;
	struct bios_regs regs;

	guest16_get_regs(guest, &regs);
	while (w->depth != 0) {
		w->depth--;
		note_return(guest, &w->frame[w->depth], &regs, TRACE_INT_LOST);
	}
}
