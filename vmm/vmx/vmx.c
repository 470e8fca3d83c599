/*
 * Checks a core for VMX, and executes VMXON and VMXOFF. Every refusal has a
 * sentence that says what is wrong and one that says what to do; the core is
 * then as before.
 */
#include "vmm/vmx/vmx.h"

#include <stdarg.h>

#include "arch/a20.h"
#include "arch/cpuid_decode.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/msr.h"
#include "arch/panic.h"
#include "arch/smp.h"
#include "arch/trap.h"
#include "arch/x86.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "vmm/vmx/feature_control.h"
#include "vmm/vmx/mitigations_core.h"
#include "vmm/vmx/translations.h"
#include "vmm/vmx/vmcs_fields.h"
#include "vmm/vmx/vmx_controls.h"
#include "vmm/vmx/vmx_errors.h"
#include "vmm/vmx/vmx_insn.h"

#define REMEDY_PROCESSOR                                                       \
	"use a machine with Intel VT-x; in QEMU start with '-accel kvm -cpu host' and nested VMX"
#define REMEDY_OWNER                                                           \
	"start Biosphere without another hypervisor or firmware service that holds VMX"
#define REMEDY_BUG "please report this with the whole log"

static struct vmx_core *cores;
static bool mitigated;

int vmx_init(bool mitigate)
{
	size_t bytes = smp_count() * sizeof(struct vmx_core);

	mitigated = mitigate;
	cores = pages_get(ALIGN_UP(bytes, PAGE_SIZE) / PAGE_SIZE);
	return cores == NULL ? ERR_NO_MEMORY : 0;
}

struct vmx_core *vmx_core(u32 index)
{
	return cores != NULL && index < smp_count() ? &cores[index] : NULL;
}

struct vmx_core *vmx_this_core(void)
{
	return &cores[this_cpu_index()];
}

static bool refuse(struct vmx_core *core, const char *remedy, const char *fmt,
		   ...) __attribute__((format(printf, 3, 4)));
static bool refuse(struct vmx_core *core, const char *remedy, const char *fmt,
		   ...)
{
	va_list args;

	va_start(args, fmt);
	fmt_vsnprintf(core->why, sizeof(core->why), fmt, args);
	va_end(args);
	core->remedy = remedy;
	core->state = VMX_UNAVAILABLE;
	return false;
}

/* Uses CPUID alone, which is harmless on any processor. */
static bool check_processor(struct vmx_core *core)
{
	struct cpuid_info info;

	cpuid_decode(cpuid, &info);
	core->has_vme = info.vme;
	if (info.vmx) {
		return true;
	}
	if (info.svm) {
		return refuse(
			core, REMEDY_PROCESSOR,
			"%s processor with AMD-V; Biosphere needs Intel VMX",
			info.vendor_name);
	}
	return refuse(core, REMEDY_PROCESSOR,
		      "%s processor without VMX (CPUID 1, ECX bit 5 is 0)",
		      info.vendor_name);
}

static bool check_feature_control(struct vmx_core *core)
{
	enum feature_control_state state;

	if (!rdmsr_safe(MSR_IA32_FEATURE_CONTROL, &core->feature_control)) {
		/* Some hypervisors offer VMX without this register. */
		return true;
	}
	state = feature_control_classify(core->feature_control);
	if (state == FEATURE_CONTROL_LOCKED_ON) {
		return true;
	}
	if (state != FEATURE_CONTROL_UNLOCKED) {
		return refuse(core, feature_control_remedy(state),
			      "IA32_FEATURE_CONTROL (MSR 3Ah) is %lx: %s",
			      core->feature_control,
			      feature_control_text(state));
	}
	if (!wrmsr_safe(MSR_IA32_FEATURE_CONTROL,
			feature_control_unlock(core->feature_control))) {
		return refuse(
			core, REMEDY_BUG,
			"IA32_FEATURE_CONTROL (MSR 3Ah) is %lx, unlocked, but cannot be written",
			core->feature_control);
	}
	core->feature_control_set_by_us = true;
	return true;
}

static bool check_control_registers(struct vmx_core *core)
{
	u64 bad_cr0 = vmx_caps_bad_cr0(&core->caps, read_cr0());
	u64 bad_cr4 = vmx_caps_bad_cr4(&core->caps, read_cr4() | CR4_VMXE);

	if (bad_cr0 != 0) {
		return refuse(
			core, REMEDY_BUG,
			"CR0 is %lx; VMX does not allow its bits %lx as they are",
			read_cr0(), bad_cr0);
	}
	if (bad_cr4 != 0) {
		return refuse(
			core, REMEDY_BUG,
			"CR4 is %lx; VMX does not allow its bits %lx as they are",
			read_cr4(), bad_cr4);
	}
	return true;
}

static bool check(struct vmx_core *core)
{
	if (!check_processor(core)) {
		return false;
	}
	if (read_cr4() & CR4_VMXE) {
		return refuse(
			core, REMEDY_OWNER,
			"CR4.VMXE is set already: somebody else uses VMX on this core");
	}
	if (!a20_is_open()) {
		return refuse(
			core, "enable A20 in the firmware setup",
			"the A20 gate is closed and cannot be opened by port 92h");
	}
	if (!check_feature_control(core)) {
		return false;
	}
	if (vmx_caps_read(&core->caps, rdmsr_safe) != 0) {
		return refuse(
			core, REMEDY_BUG,
			"CPUID names VMX but its capability MSRs 480h-48Ah cannot be read");
	}
	for (enum vmx_control_word i = 0; i < VMX_WORD_COUNT; i++) {
		core->with_partners[i] =
			vmx_controls_with_partners(&core->caps, i, UINT32_MAX);
	}
	return check_control_registers(core);
}

void vmx_check(void)
{
	struct vmx_core *core = vmx_this_core();

	if (core->state == VMX_ON) {
		return;
	}
	core->feature_control_set_by_us = false;
	if (check(core)) {
		core->state = VMX_OFF;
		if (mitigated) {
			mitigations_of_this_core(vmx_caps_has_ept(&core->caps),
						 &core->mitigations);
		}
	}
}

static bool make_vmxon_region(struct vmx_core *core)
{
	u32 revision = vmx_caps_revision(&core->caps);

	if (core->vmxon_region == NULL) {
		core->vmxon_region = pages_get(1);
	}
	if (core->vmxon_region == NULL) {
		return refuse(core, "give the machine more memory",
			      "no page left for the VMXON region");
	}
	memcpy(core->vmxon_region, &revision, sizeof(revision));
	return true;
}

int vmx_on(void)
{
	struct vmx_core *core = vmx_this_core();

	if (core->state == VMX_ON) {
		return 0;
	}
	if (core->state != VMX_OFF || !make_vmxon_region(core)) {
		return ERR_UNSUPPORTED;
	}
	write_cr4(read_cr4() | CR4_VMXE);
	if (vmxon(virt_to_phys(core->vmxon_region)) != VMX_OK) {
		write_cr4(read_cr4() & ~CR4_VMXE);
		refuse(core, REMEDY_BUG,
		       "VMXON failed (region %lx, revision %x)",
		       virt_to_phys(core->vmxon_region),
		       vmx_caps_revision(&core->caps));
		return ERR_UNSUPPORTED;
	}
	core->state = VMX_ON;
	translations_forget_all(&core->caps);
	mitigations_turn_on(core->mitigations.active);
	return 0;
}

static void (*before_vmxoff)(void);

void vmx_set_hook(void (*before_off)(void))
{
	before_vmxoff = before_off;
}

void vmx_off(void)
{
	struct vmx_core *core = vmx_this_core();

	if (core == NULL || core->state != VMX_ON) {
		return;
	}
	if (core->loaded != NULL) {
		before_vmxoff();
	}
	/*
	 * VMXOFF would lose the parts of a VMCS that are only in the processor.
	 */
	if (core->loaded != NULL) {
		panic("VMXOFF with a guest loaded");
	}
	if (vmxoff() != VMX_OK) {
		panic("VMXOFF failed");
	}
	write_cr4(read_cr4() & ~CR4_VMXE);
	core->state = VMX_OFF;
}

void vmx_abandon(void)
{
	struct vmx_core *core = vmx_core(this_cpu_index());

	if (core == NULL || core->state != VMX_ON) {
		return;
	}
	core->state = VMX_OFF;
	if (vmxoff() == VMX_OK) {
		write_cr4(read_cr4() & ~CR4_VMXE);
	}
}

static void check_and_turn_on(void *unused)
{
	(void)unused;
	vmx_check();
	vmx_on();
}

static void turn_off(void *unused)
{
	(void)unused;
	vmx_off();
}

void vmx_on_everywhere(void)
{
	smp_start_on_all(check_and_turn_on, "turning VMX on");
}

void vmx_off_everywhere(void)
{
	smp_run_on_all(turn_off, NULL);
}

u32 vmx_cores_on(void)
{
	u32 on = 0;

	for (u32 i = 0; i < smp_count(); i++) {
		on += cores != NULL && cores[i].state == VMX_ON;
	}
	return on;
}
