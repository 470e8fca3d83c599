/*
 * What is delivered to a guest, and what holds it back. As vmm/vcpu_state.h: of
 * a loaded vcpu, on its core. Events are words of the interruption-information
 * format (vmm/vmx/exit_reasons.h).
 */
#pragma once

#include "vmm/vcpu.h"
#include "vmm/vmx/vcpu_field.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define VCPU_INTERRUPT_SHADOW                                                  \
	((u64)(INTERRUPTIBILITY_STI | INTERRUPTIBILITY_MOV_SS))

/* Whether STI or MOV SS holds interrupts back for one more instruction. */
static inline bool vcpu_interrupt_shadow(const struct vcpu *vcpu)
{
	return (vcpu_field(vcpu, VMCS_GUEST_INTERRUPTIBILITY_STATE) &
		VCPU_INTERRUPT_SHADOW) != 0;
}

static inline void vcpu_set_interrupt_shadow(struct vcpu *vcpu, bool on)
{
	u64 old = vcpu_field(vcpu, VMCS_GUEST_INTERRUPTIBILITY_STATE);
	u64 new = (old & ~VCPU_INTERRUPT_SHADOW) |
		  (on ? INTERRUPTIBILITY_STI : 0);

	if (new != old) {
		vcpu_set_field(vcpu, VMCS_GUEST_INTERRUPTIBILITY_STATE, new);
	}
}

/* A #DB by TF or by a breakpoint that waits for the next VM entry is void. */
static inline void vcpu_forget_pending_debug(struct vcpu *vcpu)
{
	vcpu_set_field(vcpu, VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS, 0);
}

/* The same, and nothing is held back, by STI, MOV SS or an NMI. */
static inline void vcpu_forget_held_back(struct vcpu *vcpu)
{
	vcpu_set_field(vcpu, VMCS_GUEST_INTERRUPTIBILITY_STATE, 0);
	vcpu_forget_pending_debug(vcpu);
}

/* Whether the guest exits as soon as it can take an interrupt. */
static inline void vcpu_await_interrupt_window(struct vcpu *vcpu, bool on)
{
	u64 controls = vcpu_field(vcpu, VMCS_PROCBASED_CONTROLS);

	vcpu_set_field(vcpu, VMCS_PROCBASED_CONTROLS,
		       on ? controls | PROCBASED_INTERRUPT_WINDOW_EXITING
			  : controls & ~(u64)PROCBASED_INTERRUPT_WINDOW_EXITING);
}

/* What the next VM entry delivers, and the error code with it. */
static inline u32 vcpu_injection(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_VM_ENTRY_INTERRUPTION_INFO);
}

static inline u32 vcpu_injection_error_code(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_VM_ENTRY_EXCEPTION_ERROR_CODE);
}

/*
 * All that follow return EXIT_RESUME but where a triple fault ends the run.
 *
 * Has an event delivered at the next VM entry, through the IVT or the IDT: also
 * one that has exited, as vcpu_exit_event() has it. If an instruction makes it,
 * that is the one that exited. The interrupt shadow ends: VM entry with TF and
 * a shadow wants a single step to be pending as well.
 */
enum exit_action vcpu_inject(struct vcpu *vcpu, u32 info, u32 error_code);

/* A hardware exception at RIP. The error code counts where there is one. */
enum exit_action vcpu_raise(struct vcpu *vcpu, u8 vector, u32 error_code);

/* Whether the exit came while a hardware exception was being delivered. */
bool vcpu_exit_delivered_exception(const struct vcpu *vcpu);

/*
 * An exception of the guest's own that has exited: alone, or what the processor
 * makes of it and the one that was being delivered.
 */
enum exit_action vcpu_reflect(struct vcpu *vcpu, u8 vector, u32 error_code);

/*
 * After an exit whose cause is gone: a hardware exception whose delivery it
 * interrupted is delivered anew. What instructions raise by themselves happens
 * again at RIP.
 */
enum exit_action vcpu_redeliver(struct vcpu *vcpu);
