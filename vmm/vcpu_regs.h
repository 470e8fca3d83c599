/*
 * The general registers of a guest while it is not running; RSP, RIP and RFLAGS
 * live in its VMCS. Saved and loaded by vmm/vmx_entry.S.
 */
#pragma once

#include "lib/types.h"

struct vcpu_regs {
	u64 rax, rcx, rdx, rbx, rbp, rsi, rdi;
};
