/* The host-state area: what a VM exit loads on the calling core. */
#pragma once

#include "lib/types.h"

struct cpu;

/* With what values the host-state area was written; all zero: it never was. */
struct vmcs_host_state {
	const struct cpu *cpu;
	void (*exit)(void);
	u64 cr0, cr3, cr4;
};

/*
 * Writes all host-state fields of the current VMCS but HOST_RSP (written at
 * each entry) from the calling core's registers, so CR4.VMXE must be set.
 * exit: where VM exits lead, HOST_RIP.
 */
void vmcs_write_host_state(void (*exit)(void));

/*
 * As vmcs_write_host_state(), but writes nothing if the fields have these
 * values already: VMCLEAR does not change a VMCS's fields, and most VMCSs are
 * launched again on the same core. *written belongs to the VMCS.
 */
void vmcs_update_host_state(struct vmcs_host_state *written,
			    void (*exit)(void));
