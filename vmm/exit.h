/*
 * The table of handlers, one for each basic exit reason. Handlers are called on
 * the guest's core, its VMCS current, interrupts off.
 */
#pragma once

#include "vmm/vcpu.h"

/*
 * For struct vcpu's exited: handle an exit and go on into the guest, or return
 * when the run is over. The second is for guests of 64-bit code, whose owners
 * see each exit first and change what CPUID answers.
 */
void exit_dispatch(struct vcpu *vcpu);
void exit_dispatch64(struct vcpu *vcpu);

/* Stops the guest for an exit that is not in the table. */
enum exit_action exit_not_supported(struct vcpu *vcpu);

/* CPUID for a guest, without the features that guests cannot use here. */
void exit_guest_cpuid(struct vcpu_regs *regs);
