/* Reads what a core says of itself, and writes its MSRs. */
#include "vmm/vmx/mitigations_core.h"

#include "arch/cpu.h"
#include "arch/cpuid_decode.h"
#include "arch/msr.h"
#include "arch/percpu.h"
#include "arch/trap.h"

#define LEAF7_EDX_ARCH_CAPABILITIES BIT(29)

static u64 barriers[MAX_CPUS];

static void read_facts(bool ept, struct mitigation_facts *facts)
{
	struct cpuid_info info;
	u32 leaf7[4] = { 0 };

	cpuid_decode(cpuid, &info);
	if (info.max_leaf >= 7) {
		cpuid(7, 0, leaf7);
	}
	*facts = (struct mitigation_facts){
		.intel = info.vendor == CPUID_VENDOR_INTEL,
		.ept = ept,
		.family = info.family,
		.model = info.model,
		.leaf7_ebx = leaf7[1],
		.leaf7_edx = leaf7[3],
	};
	if (facts->leaf7_edx & LEAF7_EDX_ARCH_CAPABILITIES) {
		rdmsr_safe(MSR_IA32_ARCH_CAPABILITIES,
			   &facts->arch_capabilities);
	}
}

static u32 spec_ctrl(u32 active)
{
	return (u32)(SPEC_CTRL_IBRS |
		     (active & MITIGATION_STIBP ? SPEC_CTRL_STIBP : 0));
}

/* Emulators may announce in CPUID an MSR that they do not have. */
static void try_write(struct mitigations *m, u32 what, u32 msr, u64 value)
{
	if ((m->active & what) != 0 && !wrmsr_safe(msr, value)) {
		m->missing |= m->active & what;
		m->active &= ~what;
	}
}

void mitigations_of_this_core(bool ept, struct mitigations *out)
{
	const u32 branches = MITIGATION_IBRS | MITIGATION_EIBRS |
			     MITIGATION_STIBP | MITIGATION_RSB;
	struct mitigation_facts facts;

	read_facts(ept, &facts);
	mitigations_decide(&facts, out);
	try_write(out, branches, MSR_IA32_SPEC_CTRL, spec_ctrl(out->active));
	try_write(out, MITIGATION_IBPB, MSR_IA32_PRED_CMD, PRED_CMD_IBPB);
	try_write(out, MITIGATION_L1D_FLUSH, MSR_IA32_FLUSH_CMD, FLUSH_CMD_L1D);
}

void mitigations_turn_on(u32 active)
{
	if (active & MITIGATION_EIBRS) {
		wrmsr(MSR_IA32_SPEC_CTRL, spec_ctrl(active));
	}
}

u32 mitigations_spec_ctrl(u32 active)
{
	return active & MITIGATION_IBRS ? spec_ctrl(active) : 0;
}

void mitigations_change_guest(u32 active)
{
	if (active & MITIGATION_IBPB) {
		wrmsr(MSR_IA32_PRED_CMD, PRED_CMD_IBPB);
		barriers[this_cpu_index()]++;
	}
}

u64 mitigations_barriers(void)
{
	return barriers[this_cpu_index()];
}
