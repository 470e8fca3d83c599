/*
 * Fills the host-state area. Called when a VMCS becomes current on a core, for
 * every base in it is the core's own.
 */
#include "vmm/vmx/vmcs_host.h"

#include "arch/gdt.h"
#include "arch/msr.h"
#include "arch/percpu.h"
#include "arch/trap.h"
#include "arch/x86.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx.h"

static u64 msr_or_0(u32 msr)
{
	u64 value;

	rdmsr_safe(msr, &value);
	return value;
}

void vmcs_write_host_state(void (*exit)(void))
{
	const struct vmx_core *core = vmx_this_core();
	struct cpu *cpu = this_cpu();

	vmcs_write(VMCS_HOST_CR0, read_cr0());
	vmcs_write(VMCS_HOST_CR3, read_cr3());
	vmcs_write(VMCS_HOST_CR4, read_cr4());
	vmcs_write(VMCS_HOST_CS_SELECTOR, SELECTOR_KERNEL_CODE);
	vmcs_write(VMCS_HOST_SS_SELECTOR, SELECTOR_KERNEL_DATA);
	vmcs_write(VMCS_HOST_DS_SELECTOR, SELECTOR_KERNEL_DATA);
	vmcs_write(VMCS_HOST_ES_SELECTOR, SELECTOR_KERNEL_DATA);
	vmcs_write(VMCS_HOST_FS_SELECTOR, SELECTOR_KERNEL_DATA);
	vmcs_write(VMCS_HOST_GS_SELECTOR, SELECTOR_KERNEL_DATA);
	vmcs_write(VMCS_HOST_TR_SELECTOR, SELECTOR_TSS);
	vmcs_write(VMCS_HOST_FS_BASE, 0);
	vmcs_write(VMCS_HOST_GS_BASE, (u64)cpu);
	vmcs_write(VMCS_HOST_TR_BASE, (u64)&cpu->tss);
	vmcs_write(VMCS_HOST_GDTR_BASE, (u64)&cpu->gdt);
	vmcs_write(VMCS_HOST_IDTR_BASE, trap_idt_base());
	vmcs_write(VMCS_HOST_IA32_SYSENTER_CS, msr_or_0(MSR_IA32_SYSENTER_CS));
	vmcs_write(VMCS_HOST_IA32_SYSENTER_ESP,
		   msr_or_0(MSR_IA32_SYSENTER_ESP));
	vmcs_write(VMCS_HOST_IA32_SYSENTER_EIP,
		   msr_or_0(MSR_IA32_SYSENTER_EIP));
	if (vmx_caps_has_efer_switch(&core->caps)) {
		vmcs_write(VMCS_HOST_IA32_EFER, rdmsr(MSR_IA32_EFER));
	}
	vmcs_write(VMCS_HOST_RIP, (u64)exit);
}

/* The other values are the core's for good. */
void vmcs_update_host_state(struct vmcs_host_state *written, void (*exit)(void))
{
	const struct cpu *cpu = this_cpu();
	u64 cr0 = read_cr0(), cr3 = read_cr3(), cr4 = read_cr4();

	if (written->cpu == cpu && written->exit == exit &&
	    written->cr0 == cr0 && written->cr3 == cr3 && written->cr4 == cr4) {
		return;
	}
	vmcs_write_host_state(exit);
	*written = (struct vmcs_host_state){ cpu, exit, cr0, cr3, cr4 };
}
