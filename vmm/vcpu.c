/*
 * The life of a vcpu and the run loop. Only the run loop enters the guest,
 * moves its RIP, counts exits and looks at the clock; what an exit means is for
 * the exit table (vmm/exit.c). All on the calling core, interrupts off.
 */
#include "vmm/vcpu.h"

#include <stdarg.h>

#include "arch/clock.h"
#include "arch/cpu.h"
#include "arch/nmi_watchdog.h"
#include "arch/pages.h"
#include "arch/paging.h"
#include "arch/panic.h"
#include "arch/percpu.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "vmm/exit.h"
#include "vmm/exit_stats.h"
#include "vmm/guest_rights.h"
#include "vmm/vmcs.h"
#include "vmm/vmcs_host.h"
#include "vmm/vmx.h"
#include "vmm/vmx_errors.h"

/* vmm/vmx_entry.S */
int vmx_enter_guest(struct vcpu_regs *regs, bool launched);

int vcpu_init(struct vcpu *vcpu, const struct vcpu_ops *ops, void *guest)
{
	u32 revision = vmx_caps_revision(&vmx_this_core()->caps);

	memset(vcpu, 0, sizeof(*vcpu));
	vcpu->vmcs = pages_get(1);
	if (vcpu->vmcs == NULL) {
		return ERR_NO_MEMORY;
	}
	vcpu->ops = ops;
	vcpu->guest = guest;
	memcpy(vcpu->vmcs, &revision, sizeof(revision));
	if (vmclear(virt_to_phys(vcpu->vmcs)) != VMX_OK) {
		panic("VMCLEAR of a new VMCS failed");
	}
	/* What FNINIT and a reset MXCSR leave: all exceptions masked. */
	vcpu->fx_area[0] = 0x7f;
	vcpu->fx_area[1] = 0x03;
	vcpu->fx_area[24] = 0x80;
	vcpu->fx_area[25] = 0x1f;
	return 0;
}

void vcpu_free(struct vcpu *vcpu)
{
	struct vmx_core *core = vmx_this_core();

	vcpu_unload(vcpu);
	if (core->last == vcpu) {
		core->last = NULL;
	}
	if (vcpu->vmcs != NULL) {
		pages_put(vcpu->vmcs, 1);
		vcpu->vmcs = NULL;
	}
}

void vcpu_load(struct vcpu *vcpu)
{
	struct vmx_core *core = vmx_this_core();

	if (core->current == vcpu) {
		return;
	}
	if (vcpu->cpu != NULL && vcpu->cpu != this_cpu()) {
		panic("a vcpu is still loaded on core %u", vcpu->cpu->index);
	}
	if (vmptrld(virt_to_phys(vcpu->vmcs)) != VMX_OK) {
		panic("VMPTRLD failed");
	}
	core->current = vcpu;
	core->last = vcpu;
	if (vcpu->cpu == NULL) {
		vcpu->cpu = this_cpu();
		vcpu->next_on_core = core->loaded;
		core->loaded = vcpu;
		vmcs_write_host_state();
	}
}

static void remove_from_list(struct vcpu **list, const struct vcpu *vcpu)
{
	while (*list != vcpu) {
		list = &(*list)->next_on_core;
	}
	*list = vcpu->next_on_core;
}

void vcpu_unload(struct vcpu *vcpu)
{
	struct vmx_core *core = vmx_this_core();

	if (vcpu->cpu == NULL) {
		return;
	}
	if (vcpu->cpu != this_cpu()) {
		panic("a vcpu of core %u is unloaded elsewhere",
		      vcpu->cpu->index);
	}
	if (vmclear(virt_to_phys(vcpu->vmcs)) != VMX_OK) {
		panic("VMCLEAR failed");
	}
	remove_from_list(&core->loaded, vcpu);
	vcpu->launched = false;
	vcpu->cpu = NULL;
	if (core->current == vcpu) {
		core->current = NULL;
	}
}

enum exit_action vcpu_stop(struct vcpu *vcpu, enum vcpu_end end,
			   const char *fmt, ...)
{
	va_list args;

	vcpu->end = end;
	va_start(args, fmt);
	fmt_vsnprintf(vcpu->why, sizeof(vcpu->why), fmt, args);
	va_end(args);
	return EXIT_STOP;
}

const char *vcpu_end_name(enum vcpu_end end)
{
	static const char *const names[] = {
		[VCPU_END_DONE] = "ok",
		[VCPU_END_TIMEOUT] = "timeout",
		[VCPU_END_FAULT] = "fault",
		[VCPU_END_SHUTDOWN] = "shutdown",
		[VCPU_END_REFUSED] = "refused",
	};

	return names[end];
}

void vcpu_skip(struct vcpu *vcpu, u64 bytes)
{
	u64 rip = vmcs_read(VMCS_GUEST_RIP) + bytes;
	u64 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);
	u64 cs_rights = vmcs_read(VMCS_GUEST_CS_ACCESS_RIGHTS);

	(void)vcpu;
	if (!(cs_rights & (RIGHTS_L | RIGHTS_DB))) {
		rip &= 0xffff;
	}
	vmcs_write(VMCS_GUEST_RIP, rip);
	if (blocking & (INTERRUPTIBILITY_STI | INTERRUPTIBILITY_MOV_SS)) {
		vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE,
			   blocking & ~(u64)(INTERRUPTIBILITY_STI |
					     INTERRUPTIBILITY_MOV_SS));
	}
}

/*
 * The preemption timer counts what is left of the run's time. Where it is
 * saved on each exit it needs no care until it expires; it has 32 bits only.
 */
static void arm_preemption_timer(struct vcpu *vcpu)
{
	const struct vmx_caps *caps = &vmx_this_core()->caps;
	u64 now = rdtsc();
	u64 left = vcpu->deadline_tsc > now ? vcpu->deadline_tsc - now : 0;

	if (vmx_caps_has_preemption_timer(caps)) {
		left >>= vmx_caps_preemption_timer_shift(caps);
		vmcs_write(VMCS_PREEMPTION_TIMER_VALUE, MIN(left, UINT32_MAX));
	}
}

static enum exit_action check_deadline(struct vcpu *vcpu)
{
	if (rdtsc() < vcpu->deadline_tsc) {
		arm_preemption_timer(vcpu);
		return EXIT_RESUME;
	}
	return vcpu_stop(vcpu, VCPU_END_TIMEOUT, "stopped after %lu us",
			 clock_tsc_to_us(rdtsc() - vcpu->start_tsc));
}

static enum exit_action entry_instruction_failed(struct vcpu *vcpu, int result)
{
	u32 error = 0;

	if (result == VMX_FAIL_VALID) {
		error = (u32)vmcs_read(VMCS_VM_INSTRUCTION_ERROR);
	}
	return vcpu_stop(vcpu, VCPU_END_REFUSED, "%s failed: error %u, %s",
			 vcpu->launched ? "VMRESUME" : "VMLAUNCH", error,
			 result == VMX_FAIL_VALID ? vmx_error_text(error)
						  : "there is no current VMCS");
}

/* One stay in the guest and the handling of the exit that ended it. */
static enum exit_action enter_and_handle(struct vcpu *vcpu)
{
	int result = vmx_enter_guest(&vcpu->regs, vcpu->launched);
	u64 exit_tsc = rdtsc();
	enum exit_action action;
	u32 basic;

	if (result != VMX_OK) {
		return entry_instruction_failed(vcpu, result);
	}
	vcpu->exit_reason = (u32)vmcs_read(VMCS_EXIT_REASON);
	vcpu->exits++;
	basic = vcpu->exit_reason & EXIT_REASON_BASIC;
	if (exit_reason_is_entry_failure(vcpu->exit_reason)) {
		return exit_entry_failed(vcpu);
	}
	vcpu->launched = true;
	action = exit_handle(vcpu);
	if (action == EXIT_SKIP_INSTRUCTION) {
		vcpu_skip(vcpu, vmcs_read(VMCS_VM_EXIT_INSTRUCTION_LENGTH));
		action = EXIT_RESUME;
	}
	if (action == EXIT_RESUME && (exit_tsc >= vcpu->deadline_tsc ||
				      basic == EXIT_REASON_PREEMPTION_TIMER)) {
		action = check_deadline(vcpu);
	}
	exit_stats_note(basic, rdtsc() - exit_tsc);
	return action;
}

enum vcpu_end vcpu_run(struct vcpu *vcpu, u64 timeout_us)
{
	bool watchdog = !vmx_caps_has_preemption_timer(&vmx_this_core()->caps);
	enum exit_action action;

	vcpu->exits = 0;
	vcpu->end = VCPU_END_DONE;
	vcpu->why[0] = '\0';
	vcpu->start_tsc = rdtsc();
	vcpu->deadline_tsc = vcpu->start_tsc + clock_us_to_tsc(timeout_us);
	arm_preemption_timer(vcpu);
	if (watchdog) {
		nmi_watchdog_start();
	}
	fxrstor(vcpu->fx_area);
	write_cr2(vcpu->cr2);
	do {
		action = enter_and_handle(vcpu);
	} while (action == EXIT_RESUME);
	vcpu->cr2 = read_cr2();
	fxsave(vcpu->fx_area);
	if (watchdog) {
		nmi_watchdog_stop();
	}
	return vcpu->end;
}
