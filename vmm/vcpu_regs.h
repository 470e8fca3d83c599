/*
 * The general registers of a guest while it is not running; RSP, RIP and RFLAGS
 * live in its VMCS. Saved and loaded by vmm/vmx/vmx_entry.S, and R8-R15, which only
 * a guest of 64-bit code has, by vmm/vmx_entry64.S.
 */
#pragma once

#include "lib/types.h"

struct vcpu_regs {
	u64 rax, rcx, rdx, rbx, rbp, rsi, rdi;
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
};
