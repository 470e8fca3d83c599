/* HLT bounded by the local APIC's timer. */
#include "arch/idle.h"

#include "arch/cpu.h"
#include "arch/lapic.h"
#include "arch/smp.h"

#define IDLE_US 1000

void cpu_relax_idle(void)
{
	smp_serve_requests();
	if (!lapic_present()) {
		cpu_pause();
		return;
	}
	lapic_timer_once_us(IDLE_US);
	interrupts_enable_and_halt();
	interrupts_disable();
	lapic_timer_stop();
}
