/*
 * Single steps and breakpoints of a watched 16-bit guest. On the guest's core,
 * its VMCS current, interrupts off.
 */
#pragma once

#include "guest/code16/guest16.h"

/* Single steps begin at this instruction. */
void watch16_step_on(struct guest16 *guest, u32 steps);

/* #DB: true if the watch caused it. */
bool watch16_debug(struct guest16 *guest);
/* For struct vcpu_ops. */
enum exit_action watch16_other(struct vcpu *vcpu, u32 reason);
void watch16_resuming(struct vcpu *vcpu);
