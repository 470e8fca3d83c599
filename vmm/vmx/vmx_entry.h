/*
 * The ways into a guest and back (vmm/vmx/vmx_entry.S), one for each kind of
 * guest and processor.
 */
#pragma once

#include "lib/types.h"

struct vcpu;

struct vmx_way {
	void (*launch)(struct vcpu *vcpu); /* VMLAUNCH */
	void (*resume)(struct vcpu *vcpu); /* VMRESUME */
	void (*exit)(void);		   /* what HOST_RIP is */
};

/*
 * code64: the guest has R8-R15. mitigated: each exit and entry does what the
 * vcpu's spec_ctrl and l1d_flush and the processor's buffers need.
 */
const struct vmx_way *vmx_way(bool code64, bool mitigated);

/*
 * Runs the guest of the current VMCS, entered by launch or resume of the way
 * that its HOST_RIP belongs to, until vcpu->exited() returns or an entry fails.
 * Interrupts off.
 */
void vmx_run_guest(struct vcpu *vcpu, void (*enter)(struct vcpu *vcpu));

/* For it: VMLAUNCH or VMRESUME failed, and the VMCS says why. */
void vcpu_entry_failed(struct vcpu *vcpu);
/* The same, but there is no VMCS to say it. */
void vcpu_lost_vmcs(void) __attribute__((noreturn));
