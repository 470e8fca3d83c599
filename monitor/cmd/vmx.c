/*
 * Commands about the cores and their VMX: cpus, vmx. They show what was found
 * when VMX was turned on, and change nothing. Run on the boot core, through
 * command.c.
 */
#include "arch/console/console.h"
#include "arch/cpu.h"
#include "arch/cpuid_decode.h"
#include "arch/machine.h"
#include "arch/mem/paging.h"
#include "arch/msr.h"
#include "arch/smp.h"
#include "arch/trap.h"
#include "lib/error.h"
#include "monitor/command.h"
#include "monitor/cores.h"
#include "monitor/engine_choice.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/feature_control.h"
#include "vmm/vmx/vmx.h"
#include "vmm/vmx/vmx_cap_describe.h"

static int run_cpus(struct args *args)
{
	(void)args;
	cores_print();
	return 0;
}

/* Values that only the core itself can read. */
struct processor {
	struct cpuid_info info;
	u64 cr0, cr4, efer, pat;
};

static void read_here(void *argument)
{
	struct processor *processor = argument;

	cpuid_decode(cpuid, &processor->info);
	processor->cr0 = read_cr0();
	processor->cr4 = read_cr4();
	rdmsr_safe(MSR_IA32_EFER, &processor->efer);
	rdmsr_safe(MSR_IA32_PAT, &processor->pat);
}

static int print_processor(u32 index)
{
	struct processor processor;
	const struct cpuid_info *info = &processor.info;
	int err = smp_start(index, read_here, &processor);

	if (err != 0) {
		return err;
	}
	smp_wait(index);
	console_printf("cpu %u: %s family %u model %u stepping %u\n", index,
		       info->vendor_name, info->family, info->model,
		       info->stepping);
	if (info->brand[0] != '\0') {
		console_printf("cpu %u: %s\n", index, info->brand);
	}
	console_printf("cpu %u: CR0=%lx CR4=%lx EFER=%lx PAT=%lx\n", index,
		       processor.cr0, processor.cr4, processor.efer,
		       processor.pat);
	console_printf("cpu %u: VMX is %s\n", index,
		       cores_state(vmx_core(index)));
	return 0;
}

static void print_feature_control(u32 index)
{
	const struct vmx_core *core = vmx_core(index);
	enum feature_control_state found =
		feature_control_classify(core->feature_control);
	bool ours = core->feature_control_set_by_us;

	/* The kernel locks the register if it finds it unlocked. */
	if (found == FEATURE_CONTROL_UNLOCKED && !ours) {
		console_printf("cpu %u: no feature control (MSR 3ah)\n", index);
		return;
	}
	console_printf("cpu %u: feature control (MSR 3ah) %s %llx: %s\n", index,
		       ours ? "was" : "is",
		       (unsigned long long)core->feature_control,
		       feature_control_text(found));
	if (ours) {
		console_printf("cpu %u: feature control (MSR 3ah) is %llx: set "
			       "and locked by Biosphere\n",
			       index,
			       (unsigned long long)cores_feature_control(core));
	}
}

/* The addresses of the regions that the processor uses, for `peek`. */
static void print_regions(u32 index)
{
	const struct vmx_core *core = vmx_core(index);

	if (core->vmxon_region != NULL) {
		console_printf("cpu %u: VMXON region at %lx\n", index,
			       virt_to_phys(core->vmxon_region));
	}
	if (core->last != NULL) {
		console_printf("cpu %u: VMCS of the last guest at %lx\n", index,
			       virt_to_phys(core->last->vmcs));
	}
}

static int run_vmx(struct args *args)
{
	u64 index = 0;
	const struct vmx_core *core;
	int err = args_dec(args, "cpu", smp_count() - 1, &index);

	if (err >= 0) {
		err = print_processor((u32)index);
	}
	if (err < 0) {
		return err;
	}
	core = vmx_core((u32)index);
	if (core->state == VMX_UNAVAILABLE) {
		return command_error(ERR_UNSUPPORTED, "%s; core %u; %s",
				     core->why, (u32)index, core->remedy);
	}
	print_feature_control((u32)index);
	print_regions((u32)index);
	vmx_cap_describe(&core->caps, command_emit_line, NULL);
	return 0;
}

COMMAND(VMX, 10, cpus) = {
	.name = "cpus",
	.usage = "",
	.summary = "a line for each core: its VMX and its engines",
	.details = "apic is decimal; revision (of the VMCS) and "
		   "feature_control (MSR 3ah) are hex,\n"
		   "0 where the core has no such register.\n"
		   "engine names what runs 16-bit programs there; "
		   "mitigations what is done\n"
		   "because the processor leaks, and missing what new "
		   "microcode would allow.",
	.example = "cpus",
	.run = run_cpus,
};

COMMAND(VMX, 20, vmx) = {
	.name = "vmx",
	.usage = "[cpu=N]",
	.summary = "what a core's VMX can do, register by register",
	.details = "Every capability MSR as a number (hex) and by the "
		   "names of its bits;\n"
		   "then what is missing and what that costs.",
	.example = "vmx cpu=1",
	.keys = "cpu",
	.run = run_vmx,
};
