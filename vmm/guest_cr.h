/* Rules for the values that guests write to their control registers. */
#pragma once

#include "arch/x86.h"
#include "lib/types.h"

/*
 * Bits of CR4 that are set while any guest runs, whatever the guest writes. VMX
 * needs CR4.VMXE; without CR4.MCE a machine check would shut the processor down
 * and not exit.
 */
#define CR4_OF_HOST (CR4_VMXE | CR4_MCE)

/*
 * CR0 after LMSW with this operand. LMSW can set PE but not clear it (SDM
 * volume 2).
 */
u64 guest_cr0_by_lmsw(u64 cr0, u16 source);

/* Whether MOV to CR0 accepts the value; else it raises #GP (SDM volume 2). */
bool guest_cr0_may_be(u64 value);
