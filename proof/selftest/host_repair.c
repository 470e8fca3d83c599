/* Remembers the host state of a core and loads it again. */
#include "proof/selftest/host_repair.h"

#include "arch/gdt.h"
#include "arch/msr.h"
#include "arch/percpu.h"
#include "arch/trap.h"

static struct {
	u32 msr;
	bool present;
	u64 value;
} msrs[] = {
	{ .msr = MSR_IA32_SYSENTER_CS },  { .msr = MSR_IA32_SYSENTER_ESP },
	{ .msr = MSR_IA32_SYSENTER_EIP }, { .msr = MSR_IA32_PAT },
	{ .msr = MSR_IA32_EFER },	  { .msr = MSR_IA32_PERF_GLOBAL_CTRL },
};

void host_repair_begin(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		msrs[i].present = rdmsr_safe(msrs[i].msr, &msrs[i].value);
	}
}

void host_repair(void)
{
	struct cpu *cpu = this_cpu();

	gdt_load(&cpu->gdt, &cpu->tss, (u64)cpu);
	trap_load();
	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		if (msrs[i].present) {
			wrmsr_safe(msrs[i].msr, msrs[i].value);
		}
	}
}
