/*
 * Routes what the console's sources (arch/console/console_source.h) raise to
 * the boot core. Runs there once, interrupts off.
 */
#include "arch/console_interrupts.h"

#include "arch/console/console_poll.h"
#include "arch/console/log.h"
#include "arch/interrupt.h"
#include "arch/ioapic.h"
#include "arch/lapic.h"
#include "arch/pic.h"
#include "arch/vectors.h"

static bool route_to_this_core(int irq)
{
	struct ioapic_input input;

	if (!lapic_present() || lapic_id() >= UINT8_MAX ||
	    !ioapic_find_isa((u8)irq, &input)) {
		return false;
	}
	ioapic_route_fixed(&input, VECTOR_CONSOLE, (u8)lapic_id());
	return true;
}

/* Whether it need not be polled from now on. */
static bool start(const struct console_source *source)
{
	bool routed;

	if (source->irq < 0 && source->is_patient) {
		return true;
	}
	if (source->irq < 0) {
		log_detail("console: %s has no interrupt that is known; it is "
			   "polled",
			   source->name);
		return false;
	}
	routed = route_to_this_core(source->irq);
	if (source->pic_line_is_the_guests) {
		return true;
	}
	if (!routed && !pic_present()) {
		log_detail("console: nothing brings interrupt %d of %s; it is "
			   "polled",
			   source->irq, source->name);
		return false;
	}
	pic_keep_line(source->irq, !routed);
	if (source->ops->start_interrupt != NULL) {
		source->ops->start_interrupt(source->state);
	}
	log_detail("console: %s by interrupt %d of the %s", source->name,
		   source->irq, routed ? "I/O APIC" : "PIC");
	return true;
}

void console_interrupts_start(void)
{
	bool polled = false;

	for (const struct console_source *source = console_poll_sources();
	     source->ops != NULL; source++) {
		polled |= !start(source);
	}
	console_poll_set_needed(polled);
}
