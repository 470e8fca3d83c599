/*
 * Shared by the files of the 64-bit guest. On the guest's core, its VMCS
 * current, interrupts off.
 */
#pragma once

#include "guest/code64/guest64.h"

/* What exits, and the state a program starts with. As guest64_init(). */
int guest64_set_up(struct guest64 *guest);

/* New values as the guest wrote them; false: it gets a #GP. */
bool guest64_write_cr0(struct guest64 *guest, u64 value);
bool guest64_write_cr3(struct guest64 *guest, u64 value);
bool guest64_write_cr4(struct guest64 *guest, u64 value);

/* After the guest's tables have changed, or what they mean. */
void guest64_flush(struct guest64 *guest);

/* What CPUID leaf 7 says of RDFSBASE and its like: its bit in EBX, or 0. */
#define CPUID_FEATURES_7 7u
u32 guest64_fsgsbase(void);

extern const struct vcpu_ops guest64_ops;

/* Raises a page fault of the instruction at RIP. */
enum exit_action guest64_page_fault(struct guest64 *guest, u64 linear,
				    u32 error_code);

/* PAGE_FAULT_U where the guest is at privilege level 3, else 0. */
u32 guest64_user_access(const struct guest64 *guest);

/* Up to n bytes of code from the guest's RIP on; returns how many there are. */
size_t guest64_fetch(struct guest64 *guest, u8 *bytes, size_t n);

/* Acts out the instruction at RIP, which has met memory-mapped I/O. */
enum exit_action guest64_mmio(struct guest64 *guest, u64 address);

enum exit_action guest64_io(struct vcpu *vcpu, struct io_qualification io);
