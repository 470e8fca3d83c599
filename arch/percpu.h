/*
 * The data of each core. IA32_GS_BASE of a core points to its struct cpu, from
 * its first C code on, and also right after a VM exit.
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
	u32 nmis_announced;	/* sent by smp_send_nmi(), not taken yet */
	u64 panic_rip;		/* where another core's panic stopped it */
	volatile u8 panic_stop; /* enum panic_stop of arch/panic.c */
	char panic_text[128];	/* why it panicked, if not first */
	s64 tsc_ahead; /* before core 0's TSC, in ticks: arch/clock_sync.c */
	struct vcpu *vcpu; /* the vcpu whose VMCS is current, or NULL */
	u64 stack_top;
	struct gdt gdt;
	struct tss tss;

	/* The core's job, from smp_start(); NULL: none. */
	void (*job)(void *arg);
	void *job_arg;

	/* What this core asks of the boot core: smp_call_boot_core(). */
	void (*request)(void *arg);
	void *request_arg;

	/* By vector: interrupts acknowledged, in root mode or by exits. */
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

/* The boot core's struct cpu, which exists before there is an allocator. */
struct cpu *percpu_boot(void);

/*
 * Gives the boot core stacks for NMI, #DF and #MC until smp_init_boot_core()
 * makes some with guard pages: these exceptions may come before the first page
 * can be allocated. Called before the IDT is loaded.
 */
void percpu_init_boot(void);

/* Makes cpu the calling core's struct cpu. Called first on each core. */
void percpu_load(struct cpu *cpu);

/*
 * Points IA32_GS_BASE to the calling core's struct cpu again, which is found by
 * the GDT in use, a part of it. For a panic, which does not rely on
 * IA32_GS_BASE.
 */
void percpu_recover(void);
