/*
 * The boot core's struct cpu and how a core finds its own. Application
 * processors get theirs from arch/smp.c.
 */
#include "arch/percpu.h"

#include "arch/msr.h"

static struct cpu boot_cpu;

struct cpu *percpu_boot(void)
{
	return &boot_cpu;
}

void percpu_load(struct cpu *cpu)
{
	cpu->self = cpu;
	wrmsr(MSR_IA32_GS_BASE, (u64)cpu);
}

void percpu_recover(void)
{
	struct descriptor_pointer gdt;

	sgdt(&gdt);
	percpu_load((struct cpu *)(gdt.base - offsetof(struct cpu, gdt)));
}
