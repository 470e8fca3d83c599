/*
 * The bits of control and flags registers by the SDM's names (volume 3,
 * "Control Registers"; volume 1, "EFLAGS Register"). Data and text only; pure.
 */
#pragma once

#include "lib/types.h"

/* Names by bit number; NULL if the SDM has none. */
extern const char *const cr0_bit_names[32];
extern const char *const cr4_bit_names[32];
extern const char *const rflags_bit_names[32];

/*
 * Writes the lower 32 bits in binary, in groups of four, and the names of the
 * bits that are set, highest first: "0000_..._0010_0000 PAE". Always
 * terminated, cut at size; returns the length that all of it has.
 */
size_t register_bits_format(const char *const names[32], u64 value, char *buf,
			    size_t size);
