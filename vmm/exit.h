/* What each VM exit means: the table of handlers by basic exit reason. */
#pragma once

#include "vmm/vcpu.h"

/* Handles the exit in vcpu->exit_reason; its VMCS is current. */
enum exit_action exit_handle(struct vcpu *vcpu);

/* What CPUID answers a guest, without what it cannot use here. */
void exit_guest_cpuid(u32 leaf, u32 subleaf, u32 out[4]);

/* Puts the reason why VM entry failed while loading the guest in words. */
enum exit_action exit_entry_failed(struct vcpu *vcpu);
