/*
 * Serves interrupts. Those of the local APIC's timer and the wake-ups by other
 * cores only end a HLT or a guest's run: they are counted and get an EOI. Those
 * of the console's devices bring input. Those of the PICs belong to the BIOS,
 * except on lines that the console uses.
 */
/* build: hot */
#include "arch/interrupt.h"

#include "arch/console/console_poll.h"
#include "arch/fault_log.h"
#include "arch/lapic.h"
#include "arch/nmi_watchdog.h"
#include "arch/panic.h"
#include "arch/percpu.h"
#include "arch/pic.h"
#include "arch/trap.h"
#include "arch/vectors.h"

static void (*pic_handler)(u8 vector);

void interrupt_set_pic_handler(void (*handler)(u8 vector))
{
	pic_handler = handler;
}

static void serve_pic(int line, u8 vector)
{
	if (pic_is_kept(line)) {
		pic_end(line);
		console_poll();
	} else if (pic_handler != NULL) {
		pic_handler(vector);
	}
}

void interrupt_dispatch(u8 vector)
{
	int line = pic_line_of_vector(vector);

	this_cpu()->interrupt_count[vector]++;
	if (line >= 0) {
		serve_pic(line, vector);
		return;
	}
	if (vector == VECTOR_CONSOLE) {
		console_poll();
	} else if (vector != VECTOR_LAPIC_TIMER && vector != VECTOR_WAKE) {
		fault_log_interrupt(vector);
	}
	/* A spurious interrupt sets no in-service bit and so gets no EOI. */
	if (lapic_present() && lapic_in_service(vector)) {
		lapic_eoi();
	}
}

void interrupt_wait_for_pic(u64 us)
{
	trap_load_for_pic();
	if (lapic_present()) {
		lapic_timer_once_us(us);
		interrupts_enable_and_halt();
		interrupts_disable();
		lapic_timer_stop();
	} else {
		interrupts_let_in();
	}
	trap_load();
}

void interrupt_nmi(u64 rip)
{
	struct cpu *cpu = this_cpu();

	cpu->nmi_count = cpu->nmi_count + 1;
	panic_check(rip);
	if (__atomic_load_n(&cpu->nmis_announced, __ATOMIC_ACQUIRE) != 0) {
		__atomic_fetch_sub(&cpu->nmis_announced, 1, __ATOMIC_RELAXED);
	} else if (!nmi_watchdog_used()) {
		fault_log_nmi();
	}
}
