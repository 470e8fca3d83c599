/*
 * The general registers of a guest while it is not running, by name or, in the
 * order of the encoding, by number. vmm/vmx/vmx_entry.S saves and loads them,
 * R8-R15 only for guests of 64-bit code. The guest's RSP is not here: it is in
 * the VMCS, and vcpu_gpr() of vmm/vcpu_state.h has all sixteen.
 */
#pragma once

#include "arch/register_numbers.h"
#include "lib/types.h"

struct vcpu_regs {
	union {
		u64 by_number[GPR_COUNT];
		struct {
			u64 rax, rcx, rdx, rbx, not_rsp, rbp, rsi, rdi;
			u64 r8, r9, r10, r11, r12, r13, r14, r15;
		};
	};
};
static_assert(offsetof(struct vcpu_regs, r15) == GPR_R15 * sizeof(u64) &&
		      offsetof(struct vcpu_regs, rdi) == GPR_RDI * sizeof(u64),
	      "each name has its number's place");
