/*
 * The table of handlers, one for each basic exit reason. Handlers are called on
 * the guest's core, its VMCS current, interrupts off.
 */
#pragma once

#include "vmm/vcpu.h"

/*
 * For vcpu->exited: handle an exit and enter the guest again, or return when
 * the run is over. exit_dispatch64() is for guests of 64-bit code, whose owner
 * sees each exit first and changes what CPUID answers.
 */
void exit_dispatch(struct vcpu *vcpu);
void exit_dispatch64(struct vcpu *vcpu);

/* Stops the guest for an exit that is not in the table. */
enum exit_action exit_not_supported(struct vcpu *vcpu);

/* CPUID for a guest, without the features that guests cannot use here. */
void exit_guest_cpuid(struct vcpu_regs *regs);
