/*
 * What CPUID tells a guest. A feature is hidden if it needs state that is not
 * switched between guests, or an MSR or a control register's bit that no guest
 * has. Pure.
 */
#pragma once

#include "lib/types.h"
#include "vmm/vcpu_regs.h"

/* The last leaf in which features are hidden; the first is leaf 1. */
#define GUEST_CPUID_LAST 0x24u

/* Hides features in what the processor answered for a leaf. */
void guest_cpuid_hide(u32 leaf, struct vcpu_regs *regs);
