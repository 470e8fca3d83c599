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
	void (*exit)(void);		   /* the value of HOST_RIP */
};

/*
 * code64: the guest has R8-R15. mitigated: each exit and entry does what the
 * vcpu's spec_ctrl and l1d_flush and the processor's buffers need.
 */
const struct vmx_way *vmx_way(bool code64, bool mitigated);

/*
 * Runs the guest of the current VMCS until vcpu->exited() returns or an entry
 * fails. enter: launch or resume of the way whose exit is in HOST_RIP.
 * Interrupts off.
 */
void vmx_run_guest(struct vcpu *vcpu, void (*enter)(struct vcpu *vcpu));

/* Called by it if VMLAUNCH or VMRESUME has failed and the VMCS says why. */
void vcpu_entry_failed(struct vcpu *vcpu);
/* Called by it if there is no current VMCS. */
void vcpu_lost_vmcs(void) __attribute__((noreturn));
