/* Faults that the host raises in a guest of the engine real. */
#pragma once

#include "vmm/vcpu.h"

/*
 * A fault of the instruction at the guest's CS:IP. In real mode the run ends
 * where the guest has no handler for the vector.
 */
enum exit_action real_raise(struct vcpu *vcpu, u8 vector, u32 error_code);
