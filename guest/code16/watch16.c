/*
 * What the watch of a guest does when a run begins and ends, and when the guest
 * changes its mode. On the guest's core, its VMCS current, interrupts off.
 */
#include "guest/code16/watch16.h"

#include "guest/code16/engine.h"
#include "guest/code16/watch16_arm.h"
#include "guest/code16/watch16_ints.h"
#include "guest/code16/watch16_step.h"
#include "guest/watch/watch.h"
#include "lib/string.h"
#include "vmm/vcpu_setup.h"

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
		/*
		 * The watch changes state in the VMCS that the next call must
		 * set anew.
		 */
		engine_release_real_state(guest);
	}
	w->try_mtf = vcpu_can_intercept(VCPU_INTERCEPT_STEPS);
	vcpu_trace(&guest->vcpu, config->kinds | TRACE_WATCHED);
	watch16_arm(guest);
	if (config->steps != 0 && !config->has_from) {
		watch16_step_on(guest, config->steps);
	}
}

void watch16_end(struct guest16 *guest)
{
	struct guest_watch *w = &guest->watch;

	watch16_ints_lost(guest);
	w->armed = false;
	w->stepping = false;
	watch16_arm(guest);
	vcpu_trace(&guest->vcpu, 0);
	trace_flush();
}

static void note(struct guest16 *guest, enum trace_note what)
{
	struct trace_event *event = trace_add(&guest->vcpu, TRACE_NOTE);

	if (event != NULL) {
		event->vector = (u8)what;
	}
}

/*
 * In protected mode the guest has an IDT and exceptions of its own, and the
 * host cannot emulate INS and OUTS. So nothing is watched until the guest is
 * back in real mode.
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
	watch16_arm(guest);
}
