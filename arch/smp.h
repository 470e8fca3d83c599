/*
 * The machine's cores, and giving each a job at a time. Core 0 is the boot
 * core; the others wait in HLT for jobs. arch/smp_start.h starts them.
 */
#pragma once

#include "arch/percpu.h"
#include "lib/types.h"

/* Cores that run, and core number index of them (0 .. smp_count() - 1). */
u32 smp_count(void);
struct cpu *smp_cpu(u32 index);

/* For arch/smp_start.h: a core gets the next number; some are left out. */
void smp_add(struct cpu *cpu);
void smp_leave_out(u32 cores);

/* Cores the ACPI tables name but that are not used, whatever the reason. */
u32 smp_left_out(void);

/*
 * Has core `index` call function(argument) with interrupts off, and returns at
 * once; the calling core itself does it before returning. ERR_NOT_FOUND: no
 * such core; ERR_BUSY: it has a job.
 */
int smp_start(u32 index, void (*function)(void *), void *argument);

/* Whether core `index` has finished its job. */
bool smp_is_idle(u32 index);

/* Waits for core `index`, serving requests meanwhile on the boot core. */
void smp_wait(u32 index);

/* What the boot core does besides while it waits for others, and after. */
void smp_set_wait_work(void (*function)(void));

/* Runs function(argument) on every core at once and waits for all. */
void smp_run_on_all(void (*function)(void *), void *argument);

/*
 * The same in the start, where nothing can interrupt it: a core that has not
 * finished this work in SMP_START_US is told, and ends the start.
 */
#define SMP_START_US 1000000
void smp_start_on_all(void (*function)(void *), const char *work);
void smp_give_up(u32 index, const char *work) __attribute__((noreturn));

/*
 * Has the boot core call function(argument), and waits for it. The boot core
 * does so between its own work: while it waits for others and while it idles.
 */
void smp_call_boot_core(void (*function)(void *), void *argument);

/* Boot core: does what the others have asked for. */
void smp_serve_requests(void);

/* Sends core an NMI that its handler then knows to be ours. */
void smp_send_nmi(struct cpu *cpu);

/* An interrupt to every core, this one too: what halts or is in a guest looks up. */
void smp_wake_all(void);

/* Stops all other cores by NMI, for panic(). */
void smp_stop_others(void);
