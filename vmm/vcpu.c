/*
 * The life of a vcpu and the run loop. Only the run loop enters the guest,
 * moves its RIP, counts exits and looks at the clock; what an exit means is for
 * the exit table (vmm/exit.c). All on the calling core, interrupts off.
 */
#include "vmm/vcpu.h"

#include <stdarg.h>

#include "arch/clock.h"
#include "arch/console.h"
#include "arch/cpu.h"
#include "arch/gdt.h"
#include "arch/input.h"
#include "arch/msr.h"
#include "arch/nmi_watchdog.h"
#include "arch/pages.h"
#include "arch/paging.h"
#include "arch/panic.h"
#include "arch/percpu.h"
#include "lib/build.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "vmm/entry_check.h"
#include "vmm/exit.h"
#include "vmm/exit_stats.h"
#include "vmm/guest_rights.h"
#include "vmm/mitigations_core.h"
#include "vmm/trace.h"
#include "vmm/vmcs.h"
#include "vmm/vmcs_host.h"
#include "vmm/vmx.h"
#include "vmm/vmx_cap_bits.h"
#include "vmm/vmx_errors.h"

/*
 * How often a guest that does not exit is left to look at the console: in case
 * an interrupt is held back, or within what a UART can hold.
 */
#define LOOK_UP_US 50000
#define LOOK_UP_POLLED_US 1000

/* vmm/vmx_entry.S: enters the guest until vcpu_exited() says otherwise. */
int vmx_run_guest(struct vcpu *vcpu, bool launched);
/* vmm/vmx_entry64.S: the same with R8-R15. */
int vmx_run_guest64(struct vcpu *vcpu, bool launched);
/* Called from there after each exit. */
enum exit_action vcpu_exited(struct vcpu *vcpu);
enum exit_action vcpu_exited64(struct vcpu *vcpu);

static_assert(offsetof(struct vcpu, regs) == 0, "as vmx_run_guest has it");
static_assert(EXIT_RESUME == 0, "as vmx_run_guest has it");

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

	memset(vcpu, 0, sizeof(*vcpu));
	vcpu->vmcs = pages_get(1);
	if (vcpu->vmcs == NULL) {
		return ERR_NO_MEMORY;
	}
	vcpu->ops = ops;
	vcpu->enter = ops->code64 ? vmx_run_guest64 : vmx_run_guest;
	vcpu->guest = guest;
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

static __attribute__((noinline)) void set_timeout(struct vcpu *vcpu,
						  u64 timeout_us)
{
	vcpu->timeout_us = timeout_us;
	vcpu->timeout_tsc = clock_us_to_tsc(timeout_us);
	vcpu->look_up_tsc = clock_us_to_tsc(
		console_is_polled() ? LOOK_UP_POLLED_US : LOOK_UP_US);
	vcpu->first_timer =
		timer_units(vcpu, MIN(vcpu->timeout_tsc, vcpu->look_up_tsc));
}

/* What a run needs to know of the core and would else look up each time. */
static void bind_to_core(struct vcpu *vcpu, struct vmx_core *core)
{
	const struct vmx_caps *caps = &core->caps;

	vcpu->cpu = this_cpu();
	vcpu->core = core;
	vcpu->stats = exit_stats_of(vcpu->cpu->index);
	vcpu->next_on_core = core->loaded;
	core->loaded = vcpu;
	vcpu->has_preemption_timer = vmx_caps_has_preemption_timer(caps);
	vcpu->preemption_timer_shift = vmx_caps_preemption_timer_shift(caps);
	set_timeout(vcpu, vcpu->timeout_us);
	vcpu->mitigated =
		(core->mitigations.active & MITIGATIONS_OF_EXITS) != 0;
	vcpu->spec_ctrl = mitigations_spec_ctrl(core->mitigations.active);
	vmcs_write_host_state();
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
	core->current = vcpu;
	core->last = vcpu;
	if (vcpu->cpu == NULL) {
		bind_to_core(vcpu, core);
	}
}

/* A guest called again and again is current already. */
void vcpu_load(struct vcpu *vcpu)
{
	if (vcpu->cpu != this_cpu() || vcpu->core->current != vcpu) {
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

static void empty_fpu(struct vmx_core *core)
{
	fxsave(core->in_fpu->fx_area);
	core->in_fpu->cr2 = read_cr2();
	core->in_fpu = NULL;
}

/*
 * The kernel uses neither FPU nor CR2: what a guest leaves there stays until
 * another guest runs on this core.
 */
static __attribute__((noinline)) void fill_fpu(struct vcpu *vcpu)
{
	if (vcpu->core->in_fpu != NULL) {
		empty_fpu(vcpu->core);
	}
	fxrstor(vcpu->fx_area);
	write_cr2(vcpu->cr2);
	vcpu->core->in_fpu = vcpu;
}

void vcpu_forget_fpu(struct vcpu *vcpu)
{
	if (vcpu->cpu != NULL && vcpu->core->in_fpu == vcpu) {
		vcpu->core->in_fpu = NULL;
	}
	reset_fpu(vcpu);
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
		[VCPU_END_INTERRUPTED] = "interrupted",
	};

	return names[end];
}

/* Only an instruction that ends beyond 16 bits makes it look at the code. */
static u64 wrap_ip(u64 rip)
{
	u64 rights = vmcs_read(VMCS_GUEST_CS_ACCESS_RIGHTS);

	return rights & (RIGHTS_L | RIGHTS_DB) ? rip : rip & 0xffff;
}

static inline void skip(u64 bytes)
{
	u64 rip = vmcs_read(VMCS_GUEST_RIP) + bytes;
	u64 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);

	vmcs_write(VMCS_GUEST_RIP, rip > 0xffff ? wrap_ip(rip) : rip);
	if (blocking & (INTERRUPTIBILITY_STI | INTERRUPTIBILITY_MOV_SS)) {
		vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE,
			   blocking & ~(u64)(INTERRUPTIBILITY_STI |
					     INTERRUPTIBILITY_MOV_SS));
	}
}

void vcpu_skip(struct vcpu *vcpu, u64 bytes)
{
	(void)vcpu;
	skip(bytes);
}

/*
 * Looked at before a run and after interrupts and waits, no other exit: the
 * wish comes with an interrupt to every core, so that one in a guest gets here.
 */
enum exit_action vcpu_check_interrupted(struct vcpu *vcpu)
{
	if (!input_interrupted()) {
		return EXIT_RESUME;
	}
	return vcpu_stop(vcpu, VCPU_END_INTERRUPTED, "stopped after %lu us",
			 clock_tsc_to_us(rdtsc() - vcpu->start_tsc));
}

enum exit_action vcpu_look_up(struct vcpu *vcpu)
{
	if (vcpu->cpu->index == 0) {
		console_poll();
	}
	return vcpu_check_interrupted(vcpu);
}

/* There may be time left, or the deadline is noticed. */
enum exit_action vcpu_timer_expired(struct vcpu *vcpu)
{
	u64 now = rdtsc();
	u64 left = vcpu->deadline_tsc > now ? vcpu->deadline_tsc - now : 0;

	vmcs_write(VMCS_PREEMPTION_TIMER_VALUE,
		   timer_units(vcpu, MIN(left, vcpu->look_up_tsc)));
	return vcpu_look_up(vcpu);
}

static enum exit_action entry_instruction_failed(struct vcpu *vcpu, int result)
{
	u32 error = 0;

	vcpu->entry_failed = true;
	if (result == VMX_FAIL_VALID) {
		error = (u32)vmcs_read(VMCS_VM_INSTRUCTION_ERROR);
	}
	return vcpu_stop(vcpu, VCPU_END_REFUSED, "%s failed: error %u, %s",
			 vcpu->launched ? "VMRESUME" : "VMLAUNCH", error,
			 result == VMX_FAIL_VALID ? vmx_error_text(error)
						  : "there is no current VMCS");
}

/* An emulator may let a state pass that a processor would not. */
static inline bool entry_refused(struct vcpu *vcpu)
{
	if (!build_is_debug || vcpu->unchecked || !entry_check_refuses(vcpu)) {
		return false;
	}
	vcpu->entry_failed = true;
	return true;
}

static inline enum exit_action checked(struct vcpu *vcpu,
				       enum exit_action action)
{
	return action == EXIT_RESUME && entry_refused(vcpu) ? EXIT_STOP
							    : action;
}

static __attribute__((noinline, cold)) enum exit_action
deadline_passed(struct vcpu *vcpu, enum exit_action action)
{
	if (action != EXIT_RESUME) {
		return action;
	}
	return vcpu_stop(vcpu, VCPU_END_TIMEOUT, "stopped after %lu us",
			 clock_tsc_to_us(rdtsc() - vcpu->start_tsc));
}

/*
 * The event of the exit has its place before those that handling it makes, but
 * its cost is known only after. Nothing is published in between.
 */
static __attribute__((noinline, cold)) void trace_exit(struct vcpu *vcpu)
{
	struct trace_event *event = NULL;

	if (vcpu->trace & TRACE_BIT(TRACE_EXIT)) {
		event = trace_add(vcpu, TRACE_EXIT);
	}
	if (event != NULL) {
		event->exit.reason = (u32)vmcs_read(VMCS_EXIT_REASON);
		event->exit.qualification = vmcs_read(VMCS_EXIT_QUALIFICATION);
		event->exit.info =
			(u32)vmcs_read(VMCS_VM_EXIT_INTERRUPTION_INFO);
	}
	vcpu->trace_exit_event = event;
}

static __attribute__((noinline, cold)) void
trace_exit_handled(struct vcpu *vcpu, enum exit_action action)
{
	if (vcpu->trace_exit_event != NULL) {
		vcpu->trace_exit_event->ticks = rdtsc() - vcpu->exit_tsc;
	}
	if (action == EXIT_RESUME && (vcpu->trace & TRACE_WATCHED)) {
		vcpu->ops->resuming(vcpu);
	}
	trace_publish();
}

/* The owner of the guest may know what to do, and everything else stops it. */
static __attribute__((noinline, cold)) enum exit_action
not_handled(struct vcpu *vcpu)
{
	u32 reason = vcpu->exit_reason & EXIT_REASON_BASIC;
	enum exit_action action;
	u64 now;

	if (exit_reason_is_entry_failure(vcpu->exit_reason)) {
		vcpu->entry_failed = true;
		return exit_entry_failed(vcpu);
	}
	action = vcpu->ops->other == NULL ? exit_not_supported(vcpu)
					  : vcpu->ops->other(vcpu, reason);
	if (action == EXIT_SKIP_INSTRUCTION) {
		skip(vmcs_read(VMCS_VM_EXIT_INSTRUCTION_LENGTH));
		action = EXIT_RESUME;
	}
	now = rdtsc();
	if (reason < EXIT_REASON_COUNT) {
		exit_stats_note(vcpu->stats, reason, now - vcpu->exit_tsc);
	}
	if (now >= vcpu->deadline_tsc) {
		action = deadline_passed(vcpu, action);
	}
	if (vcpu->trace != 0) {
		trace_exit_handled(vcpu, action);
	}
	return checked(vcpu, action);
}

/*
 * The deadline is looked at after every exit: without a preemption timer only
 * the watchdog's NMIs tell that it has passed. Every reason in the exit table
 * has statistics.
 */
enum exit_action vcpu_exited(struct vcpu *vcpu)
{
	enum exit_action action;
	u64 reason, now;

	if (unlikely(vcpu->trace != 0)) {
		trace_exit(vcpu);
	}
	vcpu->exit_tsc = rdtsc();
	reason = vmcs_read(VMCS_EXIT_REASON);
	vcpu->exit_reason = (u32)reason;
	vcpu->exits++;
	action = exit_handle(vcpu, reason);
	if (action == EXIT_SKIP_INSTRUCTION) {
		skip(vmcs_read(VMCS_VM_EXIT_INSTRUCTION_LENGTH));
		action = EXIT_RESUME;
	} else if (unlikely(action == EXIT_UNHANDLED)) {
		return not_handled(vcpu);
	}
	now = rdtsc();
	if (unlikely(now >= vcpu->deadline_tsc)) {
		action = deadline_passed(vcpu, action);
	}
	exit_stats_note(vcpu->stats, vcpu->exit_reason, now - vcpu->exit_tsc);
	if (unlikely(vcpu->trace != 0)) {
		trace_exit_handled(vcpu, action);
	}
	return checked(vcpu, action);
}

/*
 * Of guests of 64-bit code, whose owners look at each exit first and at what
 * CPUID answers.
 */
enum exit_action vcpu_exited64(struct vcpu *vcpu)
{
	u32 leaf = (u32)vcpu->regs.rax;
	enum exit_action action;

	vcpu->ops->watch(vcpu, (u32)vmcs_read(VMCS_EXIT_REASON));
	action = vcpu_exited(vcpu);
	if (vcpu->exit_reason == EXIT_REASON_CPUID) {
		vcpu->ops->cpuid(vcpu, leaf);
	}
	return action;
}

/* Only with EPT are a guest's page tables its own, and aimed at the L1 cache. */
static bool needs_l1d_flush(const struct vcpu *vcpu)
{
	const struct vmx_core *core = vcpu->core;

	return (core->mitigations.active & MITIGATION_L1D_FLUSH) != 0 &&
	       (vmcs_read(VMCS_PROCBASED_CONTROLS) &
		PROCBASED_ACTIVATE_SECONDARY_CONTROLS) != 0 &&
	       (vmcs_read(VMCS_SECONDARY_PROCBASED_CONTROLS) &
		PROCBASED2_ENABLE_EPT) != 0;
}

/* The way back from an exit does the same (vmm/vmx_entry.S). */
static __attribute__((noinline, cold)) void
mitigate_first_entry(struct vcpu *vcpu)
{
	vcpu->l1d_flush = needs_l1d_flush(vcpu);
	if (vcpu->l1d_flush) {
		wrmsr(MSR_IA32_FLUSH_CMD, FLUSH_CMD_L1D);
	}
	verw(SELECTOR_KERNEL_DATA);
}

static __attribute__((noinline, cold)) enum vcpu_end
ended_badly(struct vcpu *vcpu, int result)
{
	/* Also where only a later entry of the run has failed. */
	if (result != VMX_OK) {
		vcpu->launched |= vcpu->exits != 0;
		entry_instruction_failed(vcpu, result);
	} else if (!exit_reason_is_entry_failure(vcpu->exit_reason) ||
		   vcpu->exits > 1) {
		vcpu->launched = true;
	}
	/* What this run was to be told is not for the next one. */
	vmcs_write(VMCS_VM_ENTRY_INTERRUPTION_INFO, 0);
	return vcpu->end;
}

/*
 * The preemption timer counts what is left of the run's time, or of the time
 * until the console is looked at. Where it is saved on each exit it needs no
 * care until it expires.
 */
enum vcpu_end vcpu_run(struct vcpu *vcpu, u64 timeout_us)
{
	int result;

	if (timeout_us != vcpu->timeout_us) {
		set_timeout(vcpu, timeout_us);
	}
	if (vcpu->core->in_fpu != vcpu) {
		fill_fpu(vcpu);
	}
	vcpu->exits = 0;
	vcpu->end = VCPU_END_DONE;
	vcpu->entry_failed = false;
	vcpu->why[0] = '\0';
	if (entry_refused(vcpu)) {
		return vcpu->end;
	}
	vcpu->start_tsc = rdtsc();
	vcpu->deadline_tsc = vcpu->start_tsc + vcpu->timeout_tsc;
	if (unlikely(input_interrupted())) {
		vcpu_check_interrupted(vcpu);
		return vcpu->end;
	}
	if (vcpu->has_preemption_timer) {
		vmcs_write(VMCS_PREEMPTION_TIMER_VALUE, vcpu->first_timer);
	} else {
		nmi_watchdog_start();
	}
	if (unlikely(vcpu->mitigated)) {
		mitigate_first_entry(vcpu);
	}
	result = vcpu->enter(vcpu, vcpu->launched);
	if (!vcpu->has_preemption_timer) {
		nmi_watchdog_stop();
	}
	if (unlikely(result != VMX_OK || vcpu->end != VCPU_END_DONE)) {
		return ended_badly(vcpu, result);
	}
	vcpu->launched = true;
	return VCPU_END_DONE;
}
