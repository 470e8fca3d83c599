/* What each VM exit means: the table of handlers by basic exit reason. */
#pragma once

#include "vmm/vcpu.h"

/*
 * Handles an exit; `reason` is the whole field, and the vcpu's VMCS is current.
 * EXIT_UNHANDLED for what is not in the table, as a failed VM entry.
 */
enum exit_action exit_handle(struct vcpu *vcpu, u64 reason);

/* Stops the guest for an exit that is not in the table. */
enum exit_action exit_not_supported(struct vcpu *vcpu);

/* What CPUID answers a guest, without what it cannot use here. */
void exit_guest_cpuid(struct vcpu_regs *regs);

/* Puts the reason why VM entry failed while loading the guest in words. */
enum exit_action exit_entry_failed(struct vcpu *vcpu);
