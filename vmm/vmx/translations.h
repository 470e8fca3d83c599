/*
 * What a core keeps of its guests' translations beyond a VM exit, and when the
 * host has it dropped (SDM volume 3, "Invalidating Cached Translation
 * Information" in the chapter on VMX support for address translation). All on
 * the calling core, in VMX operation; caps are its.
 */
#pragma once

#include "vmm/vmx/vmx_caps.h"

/*
 * Of every guest: where VMX operation begins, whoever had it before, and where
 * a vcpu comes from another core, since which this core has heard of no change.
 */
void translations_forget_all(const struct vmx_caps *caps);

/* Of the EPT with that pointer, after a change that took something away. */
void translations_forget_ept(const struct vmx_caps *caps, u64 ept_pointer);

/* Of that VPID; only where vmx_caps_has_vpid(). */
void translations_forget_vpid(const struct vmx_caps *caps, u16 vpid);
