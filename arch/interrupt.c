/*
 * Serves the interrupts that are the host's own: the local APIC's timer and the
 * wake-up from another core. Both only have to end a HLT or a guest's run, so
 * to serve one is to count it and give the EOI.
 */
#include "arch/interrupt.h"

#include "arch/lapic.h"
#include "arch/panic.h"
#include "arch/percpu.h"

void interrupt_dispatch(u8 vector)
{
	this_cpu()->interrupt_count[vector]++;
	/* A spurious interrupt sets no in-service bit, so it gets no EOI. */
	if (lapic_in_service(vector)) {
		lapic_eoi();
	}
}

void interrupt_nmi(void)
{
	struct cpu *cpu = this_cpu();

	cpu->nmi_count = cpu->nmi_count + 1;
	panic_check();
}
