/*
 * The mitigations of the calling core: which it needs, and those of them that
 * are not part of exits and entries. Interrupts off.
 */
#pragma once

#include "vmm/vmx/mitigations.h"

/* Decides. A mitigation whose bit an MSR does not accept counts as missing. */
void mitigations_of_this_core(bool ept, struct mitigations *out);

/* Sets the bits that stay set; called when VMX has been turned on. */
void mitigations_turn_on(u32 active);

/* The value IA32_SPEC_CTRL takes after each exit; 0: it is not written. */
u32 mitigations_spec_ctrl(u32 active);

/*
 * Called before a guest runs on the core that is not the last one that ran
 * there.
 */
void mitigations_change_guest(u32 active);

/* How many IBPBs this core has executed since boot, for changes of guests. */
u64 mitigations_barriers(void);
