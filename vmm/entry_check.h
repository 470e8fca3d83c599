/*
 * The entry checker (vmm/vmx/check/vmcs_check.h) on the live VMCS: the current
 * one of the calling core, interrupts off.
 */
#pragma once

#include "vmm/vmx/check/vmcs_check.h"

struct vcpu;

/* Where its findings go; may be NULL. Returns how many checks do not hold. */
u32 entry_check(const struct vcpu *vcpu,
		void (*found)(void *ctx, const struct vmcs_finding *finding),
		void *ctx);

/* The same as lines of a report: the prefix, "check: ", and the finding. */
u32 entry_check_print(const struct vcpu *vcpu, const char *prefix);

/* Ends the run (vcpu_stop()) and returns true if some check does not hold. */
bool entry_check_refuses(struct vcpu *vcpu);
