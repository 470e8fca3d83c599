/*
 * Counts the VMX instructions that the host executes, by stepping it through
 * its own code: nothing is counted, and no tick spent, while nobody asks. On
 * the boot core, interrupts off.
 */
#pragma once

#include "vmm/vcpu.h"

/*
 * Counting goes on through exits of this vcpu, which is loaded; without that it
 * ends with the next VM entry. Until vmx_count_leave().
 */
void vmx_count_through(struct vcpu *vcpu);
void vmx_count_leave(struct vcpu *vcpu);

void vmx_count_begin(void);
/* How many there were since vmx_count_begin(). */
u32 vmx_count_end(void);
