/*
 * The bits of control and flags registers by the SDM's names (volume 3,
 * "Control Registers"; volume 1, "EFLAGS Register"). Data and text only; pure.
 */
#pragma once

#include "lib/types.h"

/* By bit number; NULL where the SDM has no name. */
extern const char *const cr0_bit_names[32];
extern const char *const cr4_bit_names[32];
extern const char *const rflags_bit_names[32];

/*
 * The lower 32 bits in binary, in groups of four, and the names of those that
 * are set, highest first: "0000_..._0010_0000 PAE". Always terminated, cut
 * short at size; returns the length wanted.
 */
size_t register_bits_format(const char *const names[32], u64 value, char *buf,
			    size_t size);
