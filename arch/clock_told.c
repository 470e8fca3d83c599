/* Asks the processor for its rates; arch/clock_rate.c knows the formats. */
#include "arch/clock_told.h"

#include "arch/clock_rate.h"
#include "arch/cpu.h"
#include "arch/cpuid_decode.h"
#include "arch/msr.h"
#include "arch/trap.h"

#define CPUID_TSC 0x15
#define CPUID_FREQUENCY 0x16

/* False: another maker's, or one too old to have that leaf. */
static bool ask(struct cpuid_info *info, u32 leaf_number, u32 leaf[4])
{
	cpuid_decode(cpuid, info);
	if (info->vendor != CPUID_VENDOR_INTEL ||
	    info->max_leaf < leaf_number) {
		return false;
	}
	cpuid(leaf_number, 0, leaf);
	return true;
}

static u64 by_crystal(u64 *apic_khz)
{
	struct cpuid_info info;
	u32 leaf[4];

	*apic_khz = 0;
	return ask(&info, CPUID_TSC, leaf)
		       ? clock_rate_of_cpuid(leaf, info.family, info.model,
					     apic_khz)
		       : 0;
}

/* A hypervisor has its own idea of such an MSR. */
static u64 by_platform(u64 *apic_khz)
{
	struct cpuid_info info;
	u32 leaf[4];
	u64 value;

	*apic_khz = 0;
	if (!ask(&info, 1, leaf) || info.hypervisor_present ||
	    !rdmsr_safe(MSR_PLATFORM_INFO, &value)) {
		return 0;
	}
	return clock_rate_of_platform(value, info.family, info.model);
}

/* "Processor Base Frequency"; the SDM calls it informational. */
static u64 by_base_frequency(u64 *apic_khz)
{
	struct cpuid_info info;
	u32 leaf[4];

	*apic_khz = 0;
	return ask(&info, CPUID_FREQUENCY, leaf) ? (leaf[0] & 0xffff) * 1000ull
						 : 0;
}

struct clock_told clock_told[] = {
	{ .name = "CPUID 15h", .ask = by_crystal },
	{ .name = "MSR_PLATFORM_INFO", .ask = by_platform },
	{ .name = "CPUID 16h", .ask = by_base_frequency, .rough = true },
	{ 0 },
};

void clock_told_ask_all(void)
{
	for (struct clock_told *told = clock_told; told->name != NULL; told++) {
		told->tsc_khz = told->ask(&told->apic_khz);
	}
}
