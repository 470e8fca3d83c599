/*
 * Counts the VMX instructions that the host executes, by single-stepping it.
 * This costs nothing while nobody counts. On the boot core, interrupts off.
 */
#pragma once

#include "vmm/vcpu.h"

/*
 * Counts on through exits of this vcpu, which is loaded, until
 * vmx_count_leave(). Without this call counting ends with the next VM entry.
 */
void vmx_count_through(struct vcpu *vcpu);
void vmx_count_leave(struct vcpu *vcpu);

void vmx_count_begin(void);
/* Ends counting; returns the number since vmx_count_begin(). */
u32 vmx_count_end(void);
