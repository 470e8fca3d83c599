/* HLT that the local APIC's timer ends. On any core, interrupts off. */
#include "arch/idle.h"

#include "arch/cpu.h"
#include "arch/fault_log.h"
#include "arch/interrupt.h"
#include "arch/lapic.h"
#include "arch/percpu.h"
#include "arch/pic.h"
#include "arch/smp.h"

#define IDLE_US 1000

void cpu_relax_idle(void)
{
	cpu_relax_idle_us(IDLE_US);
}

void cpu_relax_idle_us(u64 us)
{
	smp_serve_requests();
	if (this_cpu_index() == 0) {
		fault_log_report();
	}
	if (!lapic_present()) {
		cpu_pause();
		return;
	}
	if (this_cpu_index() == 0 && pic_serves_host()) {
		interrupt_wait_for_pic(us);
		return;
	}
	lapic_timer_once_us(us);
	interrupts_enable_and_halt();
	interrupts_disable();
	lapic_timer_stop();
}
