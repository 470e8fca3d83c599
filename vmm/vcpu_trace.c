/*
 * The functions that a trace puts between an exit and its handler, and between
 * the handler and the guest. On the guest's core, its VMCS current, interrupts
 * off.
 */
#include "arch/cpu.h"
#include "lib/build.h"
#include "vmm/exit.h"
#include "vmm/trace.h"
#include "vmm/vcpu.h"
#include "vmm/vmx/vmcs.h"
#include "vmm/vmx/vmx_entry.h"

static void (*usual_exit(const struct vcpu *vcpu))(struct vcpu *vcpu)
{
	return vcpu->ops->code64 ? exit_dispatch64 : exit_dispatch;
}

/*
 * Makes the event of the exit before those that handling the exit makes; its
 * duration is filled in afterwards. Nothing is published in between.
 */
static void note_exit(struct vcpu *vcpu)
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

static void note_cost(struct vcpu *vcpu)
{
	if (vcpu->trace_exit_event != NULL) {
		vcpu->trace_exit_event->ticks =
			rdtsc() - tsc_of_halves(vcpu->exit_tsc);
	}
}

/* The handler returns only when the run is over. */
static void exited(struct vcpu *vcpu)
{
	note_exit(vcpu);
	usual_exit(vcpu)(vcpu);
	note_cost(vcpu);
	trace_publish();
}

static void resume(struct vcpu *vcpu)
{
	note_cost(vcpu);
	if (vcpu->trace & TRACE_WATCHED) {
		vcpu->ops->resuming(vcpu);
	}
	trace_publish();
	vcpu_resume(vcpu);
}

void vcpu_trace(struct vcpu *vcpu, u32 kinds)
{
	vcpu->trace = kinds;
	vcpu->trace_start_tsc = rdtsc();
	vcpu->exited = kinds != 0 ? exited : usual_exit(vcpu);
	if (kinds != 0) {
		vcpu->resume = resume;
	} else if (build_is_debug || !vcpu->has_preemption_timer) {
		vcpu->resume = vcpu_resume;
	} else {
		vcpu->resume = vcpu->way->resume;
	}
}
