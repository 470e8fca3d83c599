/*
 * Runs the entry checker (vmm/vmx/check/vmcs_check.h) on the current VMCS of
 * the calling core, interrupts off.
 */
#pragma once

#include "vmm/vmx/check/vmcs_check.h"

struct vcpu;

/*
 * Calls found for each finding; found may be NULL. Returns how many checks do
 * not hold.
 */
u32 entry_check(const struct vcpu *vcpu,
		void (*found)(void *ctx, const struct vmcs_finding *finding),
		void *ctx);

/*
 * Prints the findings as lines of a report: the prefix, "check: ", the finding.
 */
u32 entry_check_print(const struct vcpu *vcpu, const char *prefix);

/* Ends the run (vcpu_stop()) and returns true if some check does not hold. */
bool entry_check_refuses(struct vcpu *vcpu);
