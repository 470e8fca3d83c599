/*
 * Watching a 64-bit guest: its ports, its memory-mapped I/O, the exceptions it
 * takes, its exits. guest/watch/watch.h says which of these are wanted; kinds
 * of events that a 64-bit guest does not have are ignored. On the guest's core,
 * its VMCS current, interrupts off.
 */
#pragma once

#include "guest/code64/guest64.h"
#include "vmm/vmx/exit_reasons.h"

/* Before and after a run. */
void watch64_begin(struct guest64 *guest);
void watch64_end(struct guest64 *guest);

/* A port was read or written: value is of bytes bytes. */
void watch64_port(struct guest64 *guest, struct io_qualification io, u64 value);
/* The same at a guest-physical address outside RAM. */
void watch64_mmio(struct guest64 *guest, bool read, u64 address, u8 bytes,
		  u64 value);

/* For struct vcpu_ops: VM entry may be about to deliver an exception. */
void watch64_resuming(struct vcpu *vcpu);
