/*
 * Memory of a guest of the engine `whole`, by linear addresses. On the guest's
 * core, its VMCS current.
 */
#pragma once

#include "guest/code16/guest16.h"
#include "vmm/vcpu.h"

/* What code of the mode that the guest is in has, without prefixes: 2 or 4. */
u8 whole_code_bytes(const struct vcpu *vcpu);

/* Up to n bytes of code from CS:EIP on; how many there are. */
size_t whole_fetch(struct guest16 *guest, u8 *bytes, size_t n);

/* For struct vcpu_ops: acts out the instruction that no memory has answered. */
enum exit_action whole_memory(struct vcpu *vcpu, u64 address);
