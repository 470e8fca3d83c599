/*
 * The mitigations on a core: what it needs, and what is done outside the loop
 * of exits and entries. On the calling core, interrupts off.
 */
#pragma once

#include "vmm/vmx/mitigations.h"

/* Decides, and moves to `missing` what the MSRs do not take after all. */
void mitigations_of_this_core(bool ept, struct mitigations *out);

/* Once VMX is on: what stays set from then on. */
void mitigations_turn_on(u32 active);

/* The value IA32_SPEC_CTRL takes after each exit; 0: it is not written. */
u32 mitigations_spec_ctrl(u32 active);

/* Before another guest than the last one runs on the core. */
void mitigations_change_guest(u32 active);

/* How often that has been an IBPB on this core since boot. */
u64 mitigations_barriers(void);
