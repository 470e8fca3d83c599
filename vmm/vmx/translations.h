/*
 * Drops the translations that a core keeps of its guests beyond VM exits (SDM
 * volume 3, "Invalidating Cached Translation Information" in the chapter on VMX
 * support for address translation). All functions act on the calling core, in
 * VMX operation; caps are that core's.
 */
#pragma once

#include "vmm/vmx/vmx_caps.h"

/*
 * Drops those of every guest: when VMX operation begins, whoever used it
 * before, and when a vcpu comes from another core, where its tables may have
 * changed.
 */
void translations_forget_all(const struct vmx_caps *caps);

/*
 * Drops those of one EPT pointer, after a change that removed or restricted a
 * mapping.
 */
void translations_forget_ept(const struct vmx_caps *caps, u64 ept_pointer);

/* Drops those of a VPID; only if vmx_caps_has_vpid(). */
void translations_forget_vpid(const struct vmx_caps *caps, u16 vpid);
