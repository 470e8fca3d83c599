/*
 * The mitigations of the calling core: which it needs, and those that are not
 * part of exits and entries. Interrupts off.
 */
#pragma once

#include "vmm/vmx/mitigations.h"

/* Decides; mitigations whose bits the MSRs do not accept go to `missing`. */
void mitigations_of_this_core(bool ept, struct mitigations *out);

/* When VMX has been turned on: sets the bits that stay set. */
void mitigations_turn_on(u32 active);

/* The value IA32_SPEC_CTRL takes after each exit; 0: it is not written. */
u32 mitigations_spec_ctrl(u32 active);

/* Before another guest than the last one runs on the core. */
void mitigations_change_guest(u32 active);

/* How many IBPBs changes of guests have caused on this core since boot. */
u64 mitigations_barriers(void);
