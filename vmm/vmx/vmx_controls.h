/*
 * VMX control words made from what is wanted and what the capability MSRs allow
 * (SDM volume 3, "Algorithms for Determining VMX Capabilities").
 */
#pragma once

#include "lib/types.h"
#include "vmm/vmx/vmx_caps.h"

/*
 * *value = (wanted | must be 1) & may be 1, where allowed is what
 * vmx_caps_allowed() gives. A wanted bit that cannot be had is named in
 * *missing_required (then ERR_UNSUPPORTED is returned, *value being what could
 * be had) or *missing_advisory. Bits that must be 1 appear unasked.
 */
int vmx_controls_compute(u32 required, u32 advisory, u64 allowed, u32 *value,
			 u32 *missing_required, u32 *missing_advisory);

/*
 * Of wanted advisory bits those whose partners in other words this processor
 * has as well: the preemption timer and its being saved, and an MSR's being
 * loaded for the guest, saved, and loaded for the host.
 */
u32 vmx_controls_with_partners(const struct vmx_caps *caps,
			       enum vmx_control_word word, u32 bits);

/*
 * The same rule for checking a finished word: the bits that are set but must
 * be 0, or clear but must be 1. 0 means VM entry accepts it.
 */
u32 vmx_controls_bad(u32 value, u64 allowed);

/*
 * Writes the bits' names, comma-separated ("NMI exiting, bit 31"), always
 * terminated and cut short at size; returns the length wanted.
 */
size_t vmx_controls_format(enum vmx_control_word word, u64 bits, char *buf,
			   size_t size);
