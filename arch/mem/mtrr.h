/*
 * The memory type range registers: what type the firmware gave each physical
 * address (SDM volume 3, "Memory Type Range Registers (MTRRs)"). Pure; read on
 * one core at boot and only asked afterwards, so it needs no lock.
 */
#pragma once

#include "arch/msr.h"
#include "lib/types.h"

/* 64 KiB pieces up to 80000h, 16 KiB up to C0000h, 4 KiB up to 1 MiB. */
#define MTRR_FIXED_PIECES 88
/* More would run into the numbers of the fixed-range MSRs. */
#define MTRR_VARIABLE_MAX 40

struct mtrr_state {
	bool enabled; /* if not, all memory is uncacheable */
	bool fixed_enabled;
	u8 default_type;	     /* MEMORY_TYPE_*, like the others here */
	u8 variable_count;	     /* the valid ones, which alone are kept */
	u64 limit;		     /* the first address beyond the width */
	u8 fixed[MTRR_FIXED_PIECES]; /* upwards */
	struct mtrr_variable {
		u64 base;
		u64 mask; /* an address is in if it equals base in these bits */
		u8 type;
	} variable[MTRR_VARIABLE_MAX];
};

/*
 * Reads the registers; phys_bits is the processor's physical address width
 * (32-52). rdmsr returns false where the read faults. ERR_INVALID: phys_bits
 * makes no sense. ERR_UNSUPPORTED: a register that MTRRCAP promises is not
 * there, or it promises too many. After an error all memory is uncacheable.
 */
int mtrr_read(struct mtrr_state *out, u32 phys_bits,
	      bool (*rdmsr)(u32 msr, u64 *value));

/*
 * MEMORY_TYPE_* of the address: what the SDM leaves undefined (reserved types,
 * overlaps it gives no rule for) and addresses beyond the width are UC.
 */
u8 mtrr_type(const struct mtrr_state *state, u64 phys);
