/*
 * The memory type range registers, by which the firmware gives each physical
 * address a memory type (SDM volume 3, "Memory Type Range Registers (MTRRs)").
 * Pure; filled in by one core at boot and only read afterwards, so it needs no
 * lock.
 */
#pragma once

#include "arch/msr.h"
#include "lib/types.h"

/* 64 KiB pieces up to 80000h, 16 KiB up to C0000h, 4 KiB up to 1 MiB. */
#define MTRR_FIXED_PIECES 88
/* The numbers of more registers would overlap those of the fixed-range MSRs. */
#define MTRR_VARIABLE_MAX 40

struct mtrr_state {
	bool enabled; /* if not, all memory is uncacheable */
	bool fixed_enabled;
	u8 default_type;   /* MEMORY_TYPE_*, like the others here */
	u8 variable_count; /* how many are valid; others are not kept */
	u64 limit;	   /* the first address beyond phys_bits */
	u8 fixed[MTRR_FIXED_PIECES]; /* upwards */
	struct mtrr_variable {
		u64 base;
		u64 mask; /* the bits in which an address must equal base */
		u8 type;
	} variable[MTRR_VARIABLE_MAX];
};

/*
 * Reads the registers. phys_bits: the width of physical addresses (32-52).
 * rdmsr returns false if the read faults. ERR_INVALID: phys_bits makes no
 * sense. ERR_UNSUPPORTED: a register that MTRRCAP promises does not exist, or
 * it promises too many. After an error all memory is uncacheable.
 */
int mtrr_read(struct mtrr_state *out, u32 phys_bits,
	      bool (*rdmsr)(u32 msr, u64 *value));

/*
 * The MEMORY_TYPE_* of an address. UC where the SDM leaves the type undefined
 * (reserved types, overlaps without a rule) and beyond phys_bits.
 */
u8 mtrr_type(const struct mtrr_state *state, u64 phys);
