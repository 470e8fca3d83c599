/*
 * The machine's cores and their jobs: core 0 hands out jobs, and each other
 * core waits for one at a time (smp_ap_main() in arch/smp_start.c).
 */
#include "arch/smp.h"

#include "arch/clock.h"
#include "arch/console/console_poll.h"
#include "arch/console/log.h"
#include "arch/cpu.h"
#include "arch/lapic.h"
#include "arch/power.h"
#include "arch/vectors.h"
#include "lib/error.h"

static struct cpu *cpus[MAX_CPUS];
static u32 cpu_count;
static u32 left_out;
static void (*wait_work)(void);

void smp_add(struct cpu *cpu)
{
	cpu->index = cpu_count;
	__atomic_store_n(&cpus[cpu_count], cpu, __ATOMIC_RELEASE);
	cpu_count++;
}

void smp_leave_out(u32 cores)
{
	left_out += cores;
}

u32 smp_count(void)
{
	return cpu_count;
}

struct cpu *smp_cpu(u32 index)
{
	return index < cpu_count ? cpus[index] : NULL;
}

u32 smp_left_out(void)
{
	return left_out;
}

int smp_start(u32 index, void (*function)(void *), void *argument)
{
	struct cpu *cpu = smp_cpu(index);

	if (cpu == NULL) {
		return ERR_NOT_FOUND;
	}
	if (cpu == this_cpu()) {
		function(argument);
		return 0;
	}
	if (!smp_is_idle(index)) {
		return ERR_BUSY;
	}
	cpu->job_arg = argument;
	__atomic_store_n(&cpu->job, function, __ATOMIC_RELEASE);
	lapic_send_fixed(cpu->apic_id, VECTOR_WAKE);
	return 0;
}

bool smp_is_idle(u32 index)
{
	return __atomic_load_n(&cpus[index]->job, __ATOMIC_ACQUIRE) == NULL;
}

void smp_set_wait_work(void (*function)(void))
{
	wait_work = function;
}

static void do_wait_work(void)
{
	if (wait_work != NULL && this_cpu_index() == 0) {
		wait_work();
	}
}

void smp_wait(u32 index)
{
	while (!smp_is_idle(index)) {
		console_poll();
		smp_serve_requests();
		do_wait_work();
		cpu_pause();
	}
	do_wait_work();
}

void smp_give_up(u32 index, const char *work)
{
	log_error("core %u (APIC ID %u) does not come back from %s", index,
		  cpus[index]->apic_id, work);
	log_error("cpus=%u on the command line goes without it; stopped",
		  index);
	power_halt();
}

void smp_start_on_all(void (*function)(void *), const char *work)
{
	u64 first = rdtsc();

	for (u32 i = 1; i < cpu_count; i++) {
		smp_start(i, function, NULL);
	}
	function(NULL);
	for (u32 i = 1; i < cpu_count; i++) {
		while (!smp_is_idle(i)) {
			if (clock_has_passed(first,
					     clock_us_to_tsc(SMP_START_US))) {
				smp_give_up(i, work);
			}
			cpu_pause();
		}
	}
}

void smp_run_on_all(void (*function)(void *), void *argument)
{
	for (u32 i = 0; i < cpu_count; i++) {
		if (cpus[i] != this_cpu()) {
			smp_start(i, function, argument);
		}
	}
	function(argument);
	for (u32 i = 0; i < cpu_count; i++) {
		if (cpus[i] != this_cpu()) {
			smp_wait(i);
		}
	}
}

void smp_call_boot_core(void (*function)(void *), void *argument)
{
	struct cpu *cpu = this_cpu();

	if (cpu->index == 0) {
		function(argument);
		return;
	}
	cpu->request_arg = argument;
	__atomic_store_n(&cpu->request, function, __ATOMIC_RELEASE);
	lapic_send_fixed(cpus[0]->apic_id, VECTOR_WAKE);
	while (__atomic_load_n(&cpu->request, __ATOMIC_ACQUIRE) != NULL) {
		cpu_pause();
	}
}

void smp_serve_requests(void)
{
	if (this_cpu_index() != 0) {
		return;
	}
	for (u32 i = 1; i < cpu_count; i++) {
		void (*request)(void *) =
			__atomic_load_n(&cpus[i]->request, __ATOMIC_ACQUIRE);

		if (request != NULL) {
			request(cpus[i]->request_arg);
			__atomic_store_n(&cpus[i]->request, NULL,
					 __ATOMIC_RELEASE);
		}
	}
}

void smp_send_nmi(struct cpu *cpu)
{
	__atomic_fetch_add(&cpu->nmis_announced, 1, __ATOMIC_RELEASE);
	lapic_send_nmi(cpu->apic_id);
}

void smp_wake_all(void)
{
	for (u32 i = 0; i < cpu_count && lapic_present(); i++) {
		lapic_send_fixed(cpus[i]->apic_id, VECTOR_WAKE);
	}
}

void smp_stop_others(void)
{
	for (u32 i = 0; i < cpu_count; i++) {
		if (cpus[i] != NULL && cpus[i] != this_cpu() &&
		    lapic_present()) {
			smp_send_nmi(cpus[i]);
		}
	}
}
