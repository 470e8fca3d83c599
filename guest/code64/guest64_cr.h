/*
 * The control registers of a 64-bit guest. On the guest's core, its VMCS
 * current, interrupts off.
 */
#pragma once

#include "guest/code64/guest64.h"

/* Which bits the guest owns, and the values that a program starts with. */
void guest64_cr_init(struct guest64 *guest);

/* New values as the guest wrote them; false: it gets a #GP. */
bool guest64_write_cr0(struct guest64 *guest, u64 value);
bool guest64_write_cr3(struct guest64 *guest, u64 value);
bool guest64_write_cr4(struct guest64 *guest, u64 value);

/* After the guest's tables have changed, or what they mean. */
void guest64_flush(struct guest64 *guest);

/* What CPUID leaf 7 says of RDFSBASE and its like: its bit in EBX, or 0. */
#define CPUID_FEATURES_7 7u
u32 guest64_fsgsbase(void);
