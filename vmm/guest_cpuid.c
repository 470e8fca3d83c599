/* See guest_cpuid.h. Bits as in SDM volume 2, CPUID. */
/* build: pure */
#include "vmm/guest_cpuid.h"

#define LEAF_FEATURES 1u
#define LEAF_MORE_FEATURES 7u

/*
 * MONITOR, VMX, SMX, FMA, PCID, x2APIC, TSC deadline, XSAVE, OSXSAVE, AVX and
 * F16C. FXSAVE saves a guest's state, and does not know the upper halves of the
 * YMM registers: no guest may use them, so that CR4.OSXSAVE stays clear in
 * every guest.
 */
#define FEATURES_ECX_GONE                                                      \
	((u32)(BIT(3) | BIT(5) | BIT(6) | BIT(12) | BIT(17) | BIT(21) |        \
	       BIT(24) | BIT(26) | BIT(27) | BIT(28) | BIT(29)))
#define FEATURES_ECX_HYPERVISOR BIT(31)
/*
 * Features that only compute: BMI1, BMI2, ERMS, RDSEED, ADX, CLFLUSHOPT, CLWB.
 */
#define MORE_FEATURES_EBX_KEPT                                                 \
	((u32)(BIT(3) | BIT(8) | BIT(9) | BIT(18) | BIT(19) | BIT(23) |        \
	       BIT(24)))
/*
 * Leaves that are all 0 for a guest: performance counters, XSAVE, resource
 * monitoring and allocation, SGX, trace, key locker, last branches, AMX,
 * history reset, AVX10.
 */
#define LEAVES_GONE                                                            \
	(BIT(0x0a) | BIT(0x0d) | BIT(0x0f) | BIT(0x10) | BIT(0x12) |           \
	 BIT(0x14) | BIT(0x19) | BIT(0x1c) | BIT(0x1d) | BIT(0x1e) |           \
	 BIT(0x20) | BIT(0x23) | BIT(0x24))

static void answer(struct vcpu_regs *regs, u32 ebx)
{
	regs->rax = 0;
	regs->rbx = ebx;
	regs->rcx = 0;
	regs->rdx = 0;
}

void guest_cpuid_hide(u32 leaf, struct vcpu_regs *regs)
{
	if (leaf == LEAF_FEATURES) {
		regs->rcx &= ~FEATURES_ECX_GONE;
		regs->rcx |= FEATURES_ECX_HYPERVISOR;
	} else if (leaf == LEAF_MORE_FEATURES) {
		answer(regs, (u32)regs->rbx & MORE_FEATURES_EBX_KEPT);
	} else if (leaf <= GUEST_CPUID_LAST && (LEAVES_GONE >> leaf & 1) != 0) {
		answer(regs, 0);
	}
}
