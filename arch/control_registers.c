/*
 * The control registers and the PAT that the kernel runs with. Called once on
 * each core, interrupts off.
 */
#include "arch/control_registers.h"

#include "arch/cpu.h"
#include "arch/msr.h"
#include "arch/trap.h"
#include "arch/x86.h"

/*
 * CR4.VMXE is kept as found: vmm/vmx/vmx.c reports it if somebody else uses
 * VMX.
 */
#define CR4_AS_FOUND CR4_VMXE
#define CR4_OF_KERNEL (CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_DE | CR4_MCE)

/*
 * Some firmware limits CPUID to leaf 3, which is all that Windows NT 4 can
 * bear.
 */
static void lift_cpuid_limit(void)
{
	u64 enable;

	if (rdmsr_safe(MSR_IA32_MISC_ENABLE, &enable) &&
	    (enable & MISC_ENABLE_LIMIT_CPUID_MAXVAL)) {
		wrmsr_safe(MSR_IA32_MISC_ENABLE,
			   enable & ~MISC_ENABLE_LIMIT_CPUID_MAXVAL);
	}
}

/*
 * Sets the PAT that the kernel's page tables are written for. Guests run with
 * the same PAT: none can write IA32_PAT, so it need not be switched. All cores
 * must have the same. The order of steps is that for MTRRs (SDM volume 3,
 * "Programming the PAT").
 */
static void set_pat(void)
{
	u64 pat;

	if (!rdmsr_safe(MSR_IA32_PAT, &pat) || pat == PAT_OF_KERNEL) {
		return;
	}
	write_cr0(CR0_OF_KERNEL | CR0_CD);
	wbinvd();
	write_cr3(read_cr3());
	wrmsr(MSR_IA32_PAT, PAT_OF_KERNEL);
	wbinvd();
	write_cr3(read_cr3());
	write_cr0(CR0_OF_KERNEL);
}

void control_registers_set(void)
{
	write_cr0(CR0_OF_KERNEL);
	write_cr4((read_cr4() & CR4_AS_FOUND) | CR4_OF_KERNEL);
	write_dr7(DR7_RESET);
	lift_cpuid_limit();
	set_pat();
}
