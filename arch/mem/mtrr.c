/*
 * Decodes the memory type range registers and tells the type of an address.
 * Pure: the caller reads the MSRs, and builds the page tables.
 */
/* build: pure */
#include "arch/mem/mtrr.h"

#include "lib/error.h"

#define PHYS_BITS_MIN 32u
#define PHYS_BITS_MAX 52u
#define FIXED_END MIB
#define FIXED_16K 0x80000u
#define FIXED_4K 0xc0000u
#define PIECES_PER_MSR 8u

/* In the order of addresses; each register holds eight types, lowest first. */
static const u32 fixed_msrs[] = {
	MSR_IA32_MTRR_FIX64K_00000,    MSR_IA32_MTRR_FIX16K_80000,
	MSR_IA32_MTRR_FIX16K_A0000,    MSR_IA32_MTRR_FIX4K_C0000,
	MSR_IA32_MTRR_FIX4K_C0000 + 1, MSR_IA32_MTRR_FIX4K_C0000 + 2,
	MSR_IA32_MTRR_FIX4K_C0000 + 3, MSR_IA32_MTRR_FIX4K_C0000 + 4,
	MSR_IA32_MTRR_FIX4K_C0000 + 5, MSR_IA32_MTRR_FIX4K_C0000 + 6,
	MSR_IA32_MTRR_FIX4K_F8000,
};
static_assert(ARRAY_SIZE(fixed_msrs) * PIECES_PER_MSR == MTRR_FIXED_PIECES,
	      "all pieces");

static u8 decode_type(u64 bits)
{
	u8 type = (u8)bits;

	return type < 8 && (MEMORY_TYPES & BIT(type)) ? type : MEMORY_TYPE_UC;
}

static int read_fixed(struct mtrr_state *out, bool (*rdmsr)(u32, u64 *))
{
	for (size_t i = 0; i < MTRR_FIXED_PIECES; i++) {
		u32 shift = (u32)(i % PIECES_PER_MSR) * 8u;
		u64 value;

		if (!rdmsr(fixed_msrs[i / PIECES_PER_MSR], &value)) {
			return ERR_UNSUPPORTED;
		}
		out->fixed[i] = decode_type(value >> shift);
	}
	return 0;
}

static int read_variable(struct mtrr_state *out, u32 count,
			 bool (*rdmsr)(u32, u64 *))
{
	u64 address = (out->limit - 1) & ~(u64)(PAGE_SIZE - 1);

	if (count > MTRR_VARIABLE_MAX) {
		return ERR_UNSUPPORTED;
	}
	for (u32 i = 0; i < count; i++) {
		struct mtrr_variable *range =
			&out->variable[out->variable_count];
		u64 base, mask;

		if (!rdmsr(MSR_IA32_MTRR_PHYSBASE0 + 2 * i, &base) ||
		    !rdmsr(MSR_IA32_MTRR_PHYSMASK0 + 2 * i, &mask)) {
			return ERR_UNSUPPORTED;
		}
		if (mask & MTRR_PHYSMASK_V) {
			range->mask = mask & address;
			range->base = base & range->mask;
			range->type = decode_type(base);
			out->variable_count++;
		}
	}
	return 0;
}

int mtrr_read(struct mtrr_state *out, u32 phys_bits,
	      bool (*rdmsr)(u32 msr, u64 *value))
{
	u64 cap, def_type;
	int err = 0;

	out->enabled = false;
	out->fixed_enabled = false;
	out->variable_count = 0;
	out->limit = 0;
	if (phys_bits < PHYS_BITS_MIN || phys_bits > PHYS_BITS_MAX) {
		return ERR_INVALID;
	}
	out->limit = BIT(phys_bits);
	if (!rdmsr(MSR_IA32_MTRRCAP, &cap) ||
	    !rdmsr(MSR_IA32_MTRR_DEF_TYPE, &def_type)) {
		return ERR_UNSUPPORTED;
	}
	out->default_type = decode_type(def_type & MTRR_DEF_TYPE_TYPE);
	if (cap & MTRRCAP_FIX) {
		out->fixed_enabled = (def_type & MTRR_DEF_TYPE_FE) != 0;
		err = read_fixed(out, rdmsr);
	}
	if (err == 0) {
		err = read_variable(out, (u32)(cap & MTRRCAP_VCNT), rdmsr);
	}
	if (err == 0) {
		out->enabled = (def_type & MTRR_DEF_TYPE_E) != 0;
	}
	return err;
}

/* phys is below 1 MiB. */
static u8 fixed_type(const struct mtrr_state *state, u64 phys)
{
	if (phys < FIXED_16K) {
		return state->fixed[phys / (64 * KIB)];
	}
	if (phys < FIXED_4K) {
		return state->fixed[8 + (phys - FIXED_16K) / (16 * KIB)];
	}
	return state->fixed[24 + (phys - FIXED_4K) / (4 * KIB)];
}

/*
 * The type of an address in several ranges: UC wins, WT wins over WB, equal
 * ones agree, and anything else is undefined.
 */
static u8 combine(u8 a, u8 b)
{
	if (a == b) {
		return a;
	}
	if ((a == MEMORY_TYPE_WT && b == MEMORY_TYPE_WB) ||
	    (a == MEMORY_TYPE_WB && b == MEMORY_TYPE_WT)) {
		return MEMORY_TYPE_WT;
	}
	return MEMORY_TYPE_UC;
}

static u8 variable_type(const struct mtrr_state *state, u64 phys)
{
	u8 type = state->default_type;
	bool found = false;

	for (u32 i = 0; i < state->variable_count; i++) {
		const struct mtrr_variable *range = &state->variable[i];

		/* Compares only the bits in the mask, which may have gaps. */
		if (((phys ^ range->base) & range->mask) == 0) {
			type = found ? combine(type, range->type) : range->type;
			found = true;
		}
	}
	return type;
}

u8 mtrr_type(const struct mtrr_state *state, u64 phys)
{
	if (!state->enabled || phys >= state->limit) {
		return MEMORY_TYPE_UC;
	}
	if (state->fixed_enabled && phys < FIXED_END) {
		return fixed_type(state, phys);
	}
	return variable_type(state, phys);
}
