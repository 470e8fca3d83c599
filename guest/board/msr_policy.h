/*
 * The model-specific registers of a 16-bit guest: it can read a few that
 * identify the processor, and can write none. All other accesses are a #GP.
 */
#pragma once

#include "lib/types.h"

/* msr: ECX of RDMSR and WRMSR. False: the guest gets a #GP. */
bool msr_policy_read(u32 msr, u64 *value);
bool msr_policy_write(u32 msr, u64 value);
