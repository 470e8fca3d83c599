/*
 * Tells about cores. On the boot core; reads what the others have noted at
 * their start.
 */
#include "monitor/cores.h"

#include "arch/console/console.h"
#include "arch/console/log.h"
#include "arch/inventory.h"
#include "arch/machine.h"
#include "arch/smp.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "monitor/engine_choice.h"
#include "vmm/vmx/feature_control.h"
#include "vmm/vmx/vmx.h"

const char *cores_state(const struct vmx_core *core)
{
	return core->state == VMX_ON ? "on" : "off";
}

u64 cores_feature_control(const struct vmx_core *core)
{
	return core->feature_control_set_by_us
		       ? feature_control_unlock(core->feature_control)
		       : core->feature_control;
}

static void print_mitigations(const struct mitigations *mitigations)
{
	char names[60];

	mitigations_format(mitigations->active, names, sizeof(names));
	console_printf(" mitigations=%s", names);
	if (mitigations->missing != 0) {
		mitigations_format(mitigations->missing, names, sizeof(names));
		console_printf(" missing=%s", names);
	}
}

static void print_core(u32 index)
{
	const struct cpu *cpu = smp_cpu(index);
	const struct vmx_core *core = vmx_core(index);
	char engines_here[40];

	engine_choice_names(index, engines_here, sizeof(engines_here));
	console_printf("cpu %u: apic=%u online=%s vmx=%s revision=%x "
		       "feature_control=%llx engine=%s",
		       index, cpu->apic_id, cpu->online ? "yes" : "no",
		       cores_state(core), vmx_caps_revision(&core->caps),
		       (unsigned long long)cores_feature_control(core),
		       engines_here);
	if (core->state == VMX_UNAVAILABLE) {
		console_printf(" why=\"%s\"", core->why);
	} else {
		print_mitigations(&core->mitigations);
	}
	console_printf("\n");
}

void cores_print(void)
{
	u32 left_out = smp_left_out() + machine_acpi()->cpu_left_out;

	for (u32 i = 0; i < smp_count(); i++) {
		print_core(i);
	}
	if (left_out != 0) {
		console_printf("cpus left out: %u, named by ACPI but not "
			       "started\n",
			       left_out);
	}
}

static void print_difference(void *context, const char *line)
{
	log_warn("core %u differs from core 0: %s", *(const u32 *)context,
		 line);
}

/* Whether an earlier core lacks VMX for the same reason. */
static bool told_before(u32 index)
{
	const struct vmx_core *core = vmx_core(index);

	for (u32 i = 0; i < index; i++) {
		if (vmx_core(i)->state != VMX_ON &&
		    strcmp(vmx_core(i)->why, core->why) == 0) {
			return true;
		}
	}
	return false;
}

void cores_report(void)
{
	const struct vmx_core *first = vmx_core(0);

	for (u32 i = 0; i < smp_count(); i++) {
		const struct vmx_core *core = vmx_core(i);

		if (core->state != VMX_ON && !told_before(i)) {
			log_error("core %u: no VMX: %s", i, core->why);
			log_error("core %u: %s", i, core->remedy);
		}
		if (core->state == VMX_ON && first->state == VMX_ON) {
			vmx_caps_compare(&first->caps, &core->caps,
					 print_difference, &i);
		}
	}
	log_info("%u of %u cores in VMX operation", vmx_cores_on(),
		 smp_count());
}

static void tell(char *text, size_t size)
{
	const struct vmx_core *first = vmx_core(0);
	char engines_here[40];

	if (first->state != VMX_ON) {
		fmt_snprintf(text, size, "%u of %u cores; core 0: %s",
			     vmx_cores_on(), smp_count(), first->why);
		return;
	}
	engine_choice_names(0, engines_here, sizeof(engines_here));
	fmt_snprintf(text, size,
		     "%u of %u cores, revision %x, IA32_FEATURE_CONTROL %lx; "
		     "engines %s",
		     vmx_cores_on(), smp_count(),
		     vmx_caps_revision(&first->caps),
		     cores_feature_control(first), engines_here);
}
INVENTORY(90, vmx, tell);
