/*
 * What each core has of its own. IA32_GS_BASE of a core points to its struct
 * cpu from its first instructions in C on, also right after a VM exit.
 */
#pragma once

#include "arch/cpu.h"
#include "arch/gdt.h"
#include "lib/types.h"

#define MAX_CPUS 256

struct vcpu;

struct cpu {
	struct cpu *self; /* must be first: this_cpu() reads it through GS */
	u32 index;
	u32 apic_id;
	bool online;
	volatile u64 nmi_count; /* NMIs taken, in root mode or by a VM exit */
	u32 nmis_announced;	/* by smp_send_nmi(), and not taken yet */
	u64 panic_rip;		/* where another core's panic stopped it */
	volatile u8 panic_stop; /* enum panic_stop of arch/panic.c */
	char panic_text[128];	/* why it panicked while another core did */
	s64 tsc_ahead;		/* of core 0's TSC; arch/clock_sync.c */
	struct vcpu *vcpu;	/* vmm's: whose VMCS is current here, or NULL */
	u64 stack_top;
	struct gdt gdt;
	struct tss tss;

	/* One job at a time, handed over by smp_start(). */
	void (*job)(void *arg);
	void *job_arg;

	/* What this core asks the boot core to do; see smp_call_boot_core(). */
	void (*request)(void *arg);
	void *request_arg;

	/* By vector: interrupts this core acknowledged, in root mode or on exit. */
	u64 interrupt_count[256];
};
static_assert(sizeof(struct cpu) <= PAGE_SIZE, "a struct cpu is one page");

static inline struct cpu *this_cpu(void)
{
	return (struct cpu *)read_gs_first_word();
}

static inline unsigned this_cpu_index(void)
{
	return this_cpu()->index;
}

/* The boot core's own, valid before there is an allocator. */
struct cpu *percpu_boot(void);

/*
 * Stacks for NMI, #DF and #MC on the boot core, until smp_init_boot_core() has
 * some with guard pages: they come when they like, and before the first page is
 * allocated, too. To be called before its IDT is loaded.
 */
void percpu_init_boot(void);

/* Makes cpu the calling core's; to be called first on each core. */
void percpu_load(struct cpu *cpu);

/*
 * Points IA32_GS_BASE to the calling core's struct cpu again, whatever it was:
 * the GDT in use lies in that struct. For a panic, which trusts nothing.
 */
void percpu_recover(void);
