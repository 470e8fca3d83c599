/*
 * What a 64-bit guest reaches outside its RAM. On the guest's core, its VMCS
 * current, interrupts off.
 */
#pragma once

#include "guest/code64/guest64.h"

/* Up to n bytes of code from the guest's RIP on; returns how many there are. */
size_t guest64_fetch(struct guest64 *guest, u8 *bytes, size_t n);

/* Acts out the instruction at RIP, which has met memory-mapped I/O. */
enum exit_action guest64_mmio(struct guest64 *guest, u64 address);

enum exit_action guest64_io(struct vcpu *vcpu, struct io_qualification io);
