/* The part of a guest's state that belongs to guest/code16/smm_call.c. */
#pragma once

#include "lib/types.h"
#include "vmm/vcpu_state.h"

/*
 * The 16-bit state that waits for the 32-bit code to return: what an SMI saves
 * and RSM loads, but for the general registers.
 */
struct smm_call {
	bool inside;
	bool a20_open;
	struct vcpu_segment segment[SEGMENT_GS + 1];
	struct vcpu_table gdtr, idtr;
	struct vcpu_cr cr0, cr4;
	u64 rflags;
};
