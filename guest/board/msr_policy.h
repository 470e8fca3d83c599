/*
 * The model-specific registers a 16-bit guest reaches: it reads a few that say
 * what the processor is, and writes none. All others are a #GP to it.
 */
#pragma once

#include "lib/types.h"

/* msr: ECX of RDMSR and WRMSR. False: the guest gets a #GP. */
bool msr_policy_read(u32 msr, u64 *value);
bool msr_policy_write(u32 msr, u64 value);
