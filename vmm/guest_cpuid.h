/*
 * What CPUID tells a guest. Whatever needs state that is not switched between
 * guests, or a control register's bit or an MSR that no guest has, is not told
 * of: by the word of CPUID itself, no guest can come by it. Pure.
 */
#pragma once

#include "lib/types.h"
#include "vmm/vcpu_regs.h"

/* Leaves 1 to this one may have something hidden, and no other. */
#define GUEST_CPUID_LAST 0x24u

/* Changes what the processor answered for a leaf. */
void guest_cpuid_hide(u32 leaf, struct vcpu_regs *regs);
