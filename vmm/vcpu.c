/*
 * How a vcpu is made, loaded and freed, and how its runs begin and end. What
 * happens during a run is the exit table's (vmm/exit.c). All on the calling
 * core, interrupts off.
 */
/* build: hot */
#include "vmm/vcpu.h"

#include <stdarg.h>

#include "arch/clock.h"
#include "arch/console/console_poll.h"
#include "arch/cpu.h"
#include "arch/gdt.h"
#include "arch/console/input.h"
#include "arch/msr.h"
#include "arch/nmi_watchdog.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/panic.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "lib/build.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "vmm/entry_check.h"
#include "vmm/exit.h"
#include "vmm/exit_stats.h"
#include "vmm/guest_rights.h"
#include "vmm/vmx/mitigations_core.h"
#include "vmm/trace.h"
#include "vmm/vmx/translations.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmcs_host.h"
#include "vmm/vmx/vmx.h"
#include "vmm/vmx/vmx_entry.h"
#include "vmm/vmx/vmx_cap_bits.h"
#include "vmm/vmx/vmx_errors.h"

/*
 * How long a guest runs, in time of its own, until the host looks at the
 * deadline and at the console. It must be short: a guest that makes only short
 * exits uses many times as much real time, because the time in the host is not
 * counted. Where the console is polled, it must also be shorter than a UART's
 * FIFO takes to fill.
 */
#define LOOK_UP_US 5000
#define LOOK_UP_POLLED_US 1000

static_assert(offsetof(struct vcpu, regs) == 0,
	      "as vmm/vmx/vmx_entry.S has it");

/* What FNINIT and a reset MXCSR leave: all exceptions masked. */
static void reset_fpu(struct vcpu *vcpu)
{
	memset(vcpu->fx_area, 0, sizeof(vcpu->fx_area));
	vcpu->fx_area[0] = 0x7f;
	vcpu->fx_area[1] = 0x03;
	vcpu->fx_area[24] = 0x80;
	vcpu->fx_area[25] = 0x1f;
	vcpu->cr2 = 0;
}

int vcpu_init(struct vcpu *vcpu, const struct vcpu_ops *ops, void *guest)
{
	u32 revision = vmx_caps_revision(&vmx_this_core()->caps);

	/* reset_fpu() sets the rest. */
	memset(vcpu, 0, offsetof(struct vcpu, cr2));
	vcpu->vmcs = pages_get(1);
	if (vcpu->vmcs == NULL) {
		return ERR_NO_MEMORY;
	}
	vcpu->ops = ops;
	vcpu->guest = guest;
	vcpu->return_rip = UINT64_MAX; /* nowhere */
	memcpy(vcpu->vmcs, &revision, sizeof(revision));
	if (vmclear(virt_to_phys(vcpu->vmcs)) != VMX_OK) {
		panic("VMCLEAR of a new VMCS failed");
	}
	reset_fpu(vcpu);
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

static u64 timer_units(const struct vcpu *vcpu, u64 tsc)
{
	return MIN(tsc >> vcpu->preemption_timer_shift, UINT32_MAX);
}

/* What is left of the run, but never longer than to a look-up or the alarm. */
static void arm_timer(const struct vcpu *vcpu, u64 used)
{
	u64 left = used < vcpu->timeout_tsc ? vcpu->timeout_tsc - used : 0;

	if (vcpu->ops->alarm != NULL) {
		left = MIN(left,
			   vcpu->alarm_tsc > used ? vcpu->alarm_tsc - used : 0);
	}
	vmcs_write(VMCS_PREEMPTION_TIMER_VALUE,
		   timer_units(vcpu, MIN(left, vcpu->look_up_tsc)));
}

void vcpu_set_alarm(struct vcpu *vcpu, u64 used_tsc)
{
	vcpu->alarm_tsc = used_tsc;
	arm_timer(vcpu, vcpu_time_used(vcpu, rdtsc()));
}

static __attribute__((noinline)) void set_timeout(struct vcpu *vcpu,
						  u64 timeout_us)
{
	vcpu->timeout_us = timeout_us;
	vcpu->timeout_tsc = clock_us_to_tsc(timeout_us);
	vcpu->look_up_tsc = clock_us_to_tsc(
		console_poll_is_needed() ? LOOK_UP_POLLED_US : LOOK_UP_US);
	if (vcpu->has_preemption_timer) {
		vmcs_write(VMCS_PREEMPTION_TIMER_VALUE,
			   timer_units(vcpu, MIN(vcpu->timeout_tsc,
						 vcpu->look_up_tsc)));
	}
}

static void empty_fpu(struct vmx_core *core)
{
	fxsave(core->in_fpu->fx_area);
	core->in_fpu->cr2 = read_cr2();
	core->in_fpu = NULL;
}

static void fill_fpu(struct vcpu *vcpu)
{
	fxrstor(vcpu->fx_area);
	write_cr2(vcpu->cr2);
	vcpu->core->in_fpu = vcpu;
}

/*
 * The kernel uses neither FPU nor CR2: what a guest leaves there stays until
 * another guest is loaded on this core.
 */
static void switch_fpu(struct vcpu *vcpu)
{
	if (vcpu->core->in_fpu == vcpu) {
		return;
	}
	if (vcpu->core->in_fpu != NULL) {
		empty_fpu(vcpu->core);
	}
	fill_fpu(vcpu);
}

/*
 * This core may still hold translations from the guest's last stay, which were
 * not dropped when the guest's tables changed on another core, and those of
 * another guest that had the same EPT pointer.
 */
static void arrive_from_another(const struct vcpu *vcpu, struct vmx_core *core)
{
	if (vcpu->uses_ept) {
		core->arrivals++;
		translations_forget_all(&core->caps);
	}
}

/* Copies what each run needs to know of the core. */
static void bind_to_core(struct vcpu *vcpu, struct vmx_core *core)
{
	const struct vmx_caps *caps = &core->caps;

	if (vcpu->core != NULL && vcpu->core != core) {
		arrive_from_another(vcpu, core);
	}
	vcpu->cpu = this_cpu();
	vcpu->core = core;
	vcpu->stats = exit_stats_of(vcpu->cpu->index);
	vcpu->next_on_core = core->loaded;
	core->loaded = vcpu;
	vcpu->has_preemption_timer = vmx_caps_has_preemption_timer(caps);
	vcpu->preemption_timer_shift = vmx_caps_preemption_timer_shift(caps);
	set_timeout(vcpu, vcpu->timeout_us);
	vcpu->spec_ctrl = mitigations_spec_ctrl(core->mitigations.active);
	/*
	 * The L1TF attack needs page tables that the guest itself writes: it
	 * has them only under EPT.
	 */
	vcpu->l1d_flush = vcpu->uses_ept && (core->mitigations.active &
					     MITIGATION_L1D_FLUSH) != 0;
	vcpu->way = vmx_way(vcpu->ops->code64, (core->mitigations.active &
						MITIGATIONS_OF_EXITS) != 0);
	vcpu->reenter = vcpu->way->resume;
	vcpu_trace(vcpu, vcpu->trace);
	vmcs_update_host_state(&vcpu->host, vcpu->way->exit);
}

static __attribute__((noinline)) void make_current(struct vcpu *vcpu)
{
	struct vmx_core *core = vmx_this_core();

	if (vcpu->cpu != NULL && vcpu->cpu != this_cpu()) {
		panic("a vcpu is still loaded on core %u", vcpu->cpu->index);
	}
	if (vmptrld(virt_to_phys(vcpu->vmcs)) != VMX_OK) {
		panic("VMPTRLD failed");
	}
	if (core->last != vcpu) {
		mitigations_change_guest(core->mitigations.active);
	}
	this_cpu()->vcpu = vcpu;
	core->last = vcpu;
	if (vcpu->cpu == NULL) {
		bind_to_core(vcpu, core);
	}
	switch_fpu(vcpu);
}

/* Most calls find the guest's VMCS current already. */
void vcpu_load(struct vcpu *vcpu)
{
	if (unlikely(this_cpu()->vcpu != vcpu)) {
		make_current(vcpu);
	}
}

static void remove_from_list(struct vcpu **list, const struct vcpu *vcpu)
{
	while (*list != vcpu) {
		list = &(*list)->next_on_core;
	}
	*list = vcpu->next_on_core;
}

void vcpu_forget_fpu(struct vcpu *vcpu)
{
	reset_fpu(vcpu);
	if (vcpu->cpu != NULL && vcpu->core->in_fpu == vcpu) {
		fill_fpu(vcpu);
	}
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
	if (core->in_fpu == vcpu) {
		empty_fpu(core);
	}
	if (vmclear(virt_to_phys(vcpu->vmcs)) != VMX_OK) {
		panic("VMCLEAR failed");
	}
	remove_from_list(&core->loaded, vcpu);
	vcpu->launched = false;
	vcpu_unsettle(vcpu);
	vcpu->cpu = NULL;
	if (this_cpu()->vcpu == vcpu) {
		this_cpu()->vcpu = NULL;
	}
}

void vcpu_unload_all(void)
{
	struct vmx_core *core = vmx_this_core();

	while (core->loaded != NULL) {
		vcpu_unload(core->loaded);
	}
}

u32 vcpu_loaded_count(void)
{
	u32 count = 0;

	for (u32 i = 0; i < smp_count(); i++) {
		const struct vmx_core *core = vmx_core(i);
		const struct vcpu *vcpu = core != NULL ? core->loaded : NULL;

		for (; vcpu != NULL; vcpu = vcpu->next_on_core) {
			count++;
		}
	}
	return count;
}

enum exit_action vcpu_stop(struct vcpu *vcpu, enum vcpu_end end,
			   const char *fmt, ...)
{
	va_list args;

	vcpu->end = end;
	vcpu_unsettle(vcpu);
	va_start(args, fmt);
	fmt_vsnprintf(vcpu->why, sizeof(vcpu->why), fmt, args);
	va_end(args);
	return EXIT_STOP;
}

enum exit_action vcpu_stop_early(struct vcpu *vcpu, enum vcpu_end end)
{
	return vcpu_stop(vcpu, end, "stopped after %lu us",
			 clock_tsc_to_us(rdtsc() -
					 tsc_of_halves(vcpu->start_tsc)));
}

const char *vcpu_end_name(enum vcpu_end end)
{
	static const char *const names[] = {
		[VCPU_END_DONE] = "ok",
		[VCPU_END_TIMEOUT] = "timeout",
		[VCPU_END_FAULT] = "fault",
		[VCPU_END_SHUTDOWN] = "shutdown",
		[VCPU_END_REFUSED] = "refused",
		[VCPU_END_INTERRUPTED] = "interrupted",
	};

	return names[end];
}

/*
 * Checked before a run and after exits that interrupts or waits cause, not
 * after others: whoever stops the guests sends each core an interrupt, so that
 * a core in a guest comes here.
 */
enum exit_action vcpu_check_interrupted(struct vcpu *vcpu)
{
	if (!input_interrupted()) {
		return EXIT_RESUME;
	}
	return vcpu_stop_early(vcpu, VCPU_END_INTERRUPTED);
}

enum exit_action vcpu_look_up(struct vcpu *vcpu)
{
	if (vcpu->cpu->index == 0) {
		console_poll();
	}
	return vcpu_check_interrupted(vcpu);
}

/*
 * Arms the timer anew if the run has time left; if not, the check of the
 * deadline after this exit ends the run.
 */
enum exit_action vcpu_timer_expired(struct vcpu *vcpu)
{
	u64 used = vcpu_time_used(vcpu, rdtsc());

	if (vcpu->ops->alarm != NULL && used >= vcpu->alarm_tsc &&
	    vcpu->ops->alarm(vcpu) == EXIT_STOP) {
		return EXIT_STOP;
	}
	arm_timer(vcpu, used);
	return vcpu_look_up(vcpu);
}

/*
 * Debug builds check each entry themselves, because emulators accept guest
 * states that a processor refuses.
 */
static inline bool entry_refused(struct vcpu *vcpu)
{
	if (!build_is_debug || vcpu->unchecked || !entry_check_refuses(vcpu)) {
		return false;
	}
	vcpu->entry_failed = true;
	return true;
}

void vcpu_resume(struct vcpu *vcpu)
{
	if (!vcpu->has_preemption_timer && vcpu_time_is_up(vcpu, rdtsc())) {
		vcpu_stop_early(vcpu, VCPU_END_TIMEOUT);
	} else if (!entry_refused(vcpu)) {
		vcpu->way->resume(vcpu);
	}
}

void vcpu_entry_failed(struct vcpu *vcpu)
{
	u32 error = (u32)vmcs_read(VMCS_VM_INSTRUCTION_ERROR);

	vcpu->entry_failed = true;
	vcpu_stop(vcpu, VCPU_END_REFUSED, "%s failed: error %u, %s",
		  vcpu->launched || vcpu->exits != 0 ? "VMRESUME" : "VMLAUNCH",
		  error, vmx_error_text(error));
}

void vcpu_lost_vmcs(void)
{
	panic("VM entry without a current VMCS");
}

static void forget_end(struct vcpu *vcpu)
{
	vcpu->end = VCPU_END_DONE;
	vcpu->entry_failed = false;
	vcpu->entry_failure = 0;
	vcpu->why[0] = '\0';
}

/* The first entry since the VMCS was cleared. */
static void launch(struct vcpu *vcpu)
{
	vcpu->has_translations = vcpu->vpid;
	vmx_run_guest(vcpu, vcpu->way->launch);
	/*
	 * An entry can fail that is not the first one of this run: then the
	 * first was launched.
	 */
	vcpu->launched = !vcpu->entry_failed ||
			 vcpu->exits > (vcpu->entry_failure != 0 ? 1u : 0u);
}

static void enter(struct vcpu *vcpu)
{
	if (!vcpu->has_preemption_timer) {
		nmi_watchdog_start();
	}
	if (vcpu->launched) {
		vmx_run_guest(vcpu, vcpu->way->resume);
	} else {
		launch(vcpu);
	}
	if (!vcpu->has_preemption_timer) {
		nmi_watchdog_stop();
	}
}

static __attribute__((noinline, cold)) enum vcpu_end note_end(struct vcpu *vcpu)
{
	if (vcpu->ops->ended != NULL) {
		vcpu->ops->ended(vcpu);
	}
	return vcpu->end;
}

static __attribute__((noinline, cold)) enum vcpu_end
ended_badly(struct vcpu *vcpu)
{
	/*
	 * An event that was to be delivered in this run must not come in the
	 * next.
	 */
	vcpu->undelivered = (u32)vmcs_read(VMCS_VM_ENTRY_INTERRUPTION_INFO);
	vcpu->undelivered_error_code =
		(u32)vmcs_read(VMCS_VM_ENTRY_EXCEPTION_ERROR_CODE);
	vmcs_write(VMCS_VM_ENTRY_INTERRUPTION_INFO, 0);
	return note_end(vcpu);
}

enum vcpu_end vcpu_run(struct vcpu *vcpu, u64 timeout_us)
{
	if (timeout_us != vcpu->timeout_us) {
		set_timeout(vcpu, timeout_us);
	}
	vcpu_unsettle(vcpu);
	forget_end(vcpu);
	vcpu->exits = 0;
	if (entry_refused(vcpu)) {
		return note_end(vcpu);
	}
	vcpu->undelivered = 0;
	vcpu->start_tsc = rdtsc_halves();
	if (vcpu->ops->alarm != NULL) {
		arm_timer(vcpu, 0);
	}
	if (vcpu_check_interrupted(vcpu) == EXIT_RESUME) {
		enter(vcpu);
	}
	return vcpu->end == VCPU_END_DONE ? VCPU_END_DONE : ended_badly(vcpu);
}

void vcpu_settle(struct vcpu *vcpu)
{
	vcpu->settled = vcpu->has_preemption_timer && !build_is_debug;
}

/*
 * The preemption timer need not be set again: its value is saved on each exit,
 * and it began with the time of a run of this length or less, so that it cannot
 * run out after the deadline.
 */
enum vcpu_end vcpu_rerun(struct vcpu *vcpu)
{
	vcpu->exits = 0;
	vcpu->start_tsc = rdtsc_halves();
	vmx_run_guest(vcpu, vcpu->reenter);
	return unlikely(vcpu->end != VCPU_END_DONE) ? ended_badly(vcpu)
						    : VCPU_END_DONE;
}
