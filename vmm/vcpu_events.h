/*
 * Events that are delivered to a guest, and what holds them back. As in
 * vmm/vcpu_state.h the vcpu must be loaded, on its core. An event is a word of
 * the interruption-information format (vmm/vmx/exit_reasons.h).
 */
#pragma once

#include "vmm/vcpu.h"
#include "vmm/vmx/vcpu_field.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define VCPU_INTERRUPT_SHADOW                                                  \
	((u64)(INTERRUPTIBILITY_STI | INTERRUPTIBILITY_MOV_SS))

/* Whether interrupts are blocked for one more instruction, by STI or MOV SS. */
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

/*
 * Drops a #DB, of a single step or a breakpoint, that is pending for the next
 * VM entry.
 */
static inline void vcpu_forget_pending_debug(struct vcpu *vcpu)
{
	vcpu_set_field(vcpu, VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS, 0);
}

/* The same, and ends all blocking: by STI, by MOV SS, by an NMI. */
static inline void vcpu_forget_held_back(struct vcpu *vcpu)
{
	vcpu_set_field(vcpu, VMCS_GUEST_INTERRUPTIBILITY_STATE, 0);
	vcpu_forget_pending_debug(vcpu);
}

/* on: the guest exits as soon as it can take an interrupt. */
static inline void vcpu_await_interrupt_window(struct vcpu *vcpu, bool on)
{
	u64 controls = vcpu_field(vcpu, VMCS_PROCBASED_CONTROLS);

	vcpu_set_field(vcpu, VMCS_PROCBASED_CONTROLS,
		       on ? controls | PROCBASED_INTERRUPT_WINDOW_EXITING
			  : controls & ~(u64)PROCBASED_INTERRUPT_WINDOW_EXITING);
}

/* The event that the next VM entry delivers, and its error code. */
static inline u32 vcpu_injection(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_VM_ENTRY_INTERRUPTION_INFO);
}

static inline u32 vcpu_injection_error_code(const struct vcpu *vcpu)
{
	return (u32)vcpu_field(vcpu, VMCS_VM_ENTRY_EXCEPTION_ERROR_CODE);
}

/*
 * The functions that follow return EXIT_RESUME, unless a triple fault ends the
 * run.
 *
 * Delivers an event at the next VM entry, through the IVT or the IDT. It may be
 * an event that has exited, as vcpu_exit_event() returns it. The event of an
 * instruction is taken to be of the instruction that exited. Blocking by STI
 * and MOV SS ends: with TF set, VM entry would otherwise demand a pending
 * single step.
 */
enum exit_action vcpu_inject(struct vcpu *vcpu, u32 info, u32 error_code);

/*
 * Raises a hardware exception at RIP. error_code is ignored for exceptions that
 * have none.
 */
enum exit_action vcpu_raise(struct vcpu *vcpu, u8 vector, u32 error_code);

/* Whether the exit came during the delivery of a hardware exception. */
bool vcpu_exit_delivered_exception(const struct vcpu *vcpu);

/*
 * Gives the guest an exception that has exited: the exception alone or, if it
 * came during the delivery of another one, the double or triple fault that the
 * processor makes of the two.
 */
enum exit_action vcpu_reflect(struct vcpu *vcpu, u8 vector, u32 error_code);

/*
 * Continues a delivery that an exit has interrupted, after the cause of the
 * exit was removed. A hardware exception is delivered again; what an
 * instruction raises by itself happens again at RIP.
 */
enum exit_action vcpu_redeliver(struct vcpu *vcpu);
