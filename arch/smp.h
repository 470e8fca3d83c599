/*
 * The machine's cores, and the jobs that they are given, one at a time. Core 0
 * is the boot core; the others wait in HLT for jobs. arch/smp_start.h starts
 * them.
 */
#pragma once

#include "arch/percpu.h"
#include "lib/types.h"

/*
 * How many cores run, and core `index` of them (0 to smp_count() - 1; else
 * NULL).
 */
u32 smp_count(void);
struct cpu *smp_cpu(u32 index);

/*
 * For the start: gives a core the next number; counts cores that are left out.
 */
void smp_add(struct cpu *cpu);
void smp_leave_out(u32 cores);

/* How many cores of the ACPI tables are not used, for whatever reason. */
u32 smp_left_out(void);

/*
 * Makes core `index` call function(argument) with interrupts off, and returns
 * at once. If it is the calling core, the call is made before the return.
 * ERR_NOT_FOUND: no such core; ERR_BUSY: it has a job.
 */
int smp_start(u32 index, void (*function)(void *), void *argument);

/* Whether core `index` has finished its job. */
bool smp_is_idle(u32 index);

/*
 * Waits until core `index` has finished its job. On the boot core it serves
 * requests meanwhile.
 */
void smp_wait(u32 index);

/*
 * Sets a function that the boot core calls while it waits for others, and once
 * afterwards.
 */
void smp_set_wait_work(void (*function)(void));

/* Runs function(argument) on every core at the same time and waits for all. */
void smp_run_on_all(void (*function)(void *), void *argument);

/*
 * The same during the start, where nobody can interrupt it: if a core has not
 * finished after SMP_START_US, the core and `work` are named and the start
 * ends.
 */
#define SMP_START_US 1000000
void smp_start_on_all(void (*function)(void *), const char *work);
void smp_give_up(u32 index, const char *work) __attribute__((noreturn));

/*
 * Makes the boot core call function(argument), and waits for the end of the
 * call. The boot core makes such calls while it waits for others and while it
 * idles.
 */
void smp_call_boot_core(void (*function)(void *), void *argument);

/* On the boot core: makes the calls that other cores have asked for. */
void smp_serve_requests(void);

/* Sends an NMI to a core, whose handler then knows that the NMI is ours. */
void smp_send_nmi(struct cpu *cpu);

/*
 * Sends an interrupt to every core, this one too: it ends a HLT and a guest's
 * stay.
 */
void smp_wake_all(void);

/* Stops all other cores by NMI, for panic(). */
void smp_stop_others(void);
