/*
 * The boot core's struct cpu, and how a core finds its own. arch/smp_start.c
 * makes those of the other cores.
 */
#include "arch/percpu.h"

#include "arch/msr.h"

#define EARLY_STACK_BYTES 8192 /* a panic runs on it */

static struct cpu boot_cpu;
static u8 early_stacks[3][EARLY_STACK_BYTES] __attribute__((aligned(16)));

struct cpu *percpu_boot(void)
{
	return &boot_cpu;
}

void percpu_init_boot(void)
{
	boot_cpu.tss.ist[IST_NMI - 1] = (u64)(early_stacks + 1);
	boot_cpu.tss.ist[IST_DOUBLE_FAULT - 1] = (u64)(early_stacks + 2);
	boot_cpu.tss.ist[IST_MACHINE_CHECK - 1] = (u64)(early_stacks + 3);
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
