/*
 * arch/mtrr.c: any values for the registers. Types are those of a second
 * reading of the SDM's rules (volume 3, "MTRR Precedences"), and a run of one
 * type is one at each address looked at.
 */
#include "arch/mtrr.h"
#include "tests/fuzz/fuzz.h"

#define FIXED_FIRST 0x250u
#define VARIABLE_REGISTERS 80u
#define PROBES 12u

static struct {
	u64 cap, def_type;
	u64 fixed[32]; /* 250h on, with gaps */
	u64 variable[VARIABLE_REGISTERS];
	u32 absent;
} machine;

static bool rdmsr(u32 msr, u64 *value)
{
	if (msr == machine.absent) {
		return false;
	}
	if (msr == MSR_IA32_MTRRCAP) {
		*value = machine.cap;
	} else if (msr == MSR_IA32_MTRR_DEF_TYPE) {
		*value = machine.def_type;
	} else if (msr >= FIXED_FIRST && msr <= MSR_IA32_MTRR_FIX4K_F8000) {
		*value = machine.fixed[msr - FIXED_FIRST];
	} else {
		CHECK(msr >= MSR_IA32_MTRR_PHYSBASE0 &&
		      msr < MSR_IA32_MTRR_PHYSBASE0 + VARIABLE_REGISTERS);
		*value = machine.variable[msr - MSR_IA32_MTRR_PHYSBASE0];
	}
	return true;
}

/* Reserved types count as UC. */
static u8 known(u64 bits)
{
	switch (bits & 0xff) {
	case 1:
	case 4:
	case 5:
	case 6:
		return (u8)bits;
	default:
		return 0;
	}
}

static u8 fixed_type(u64 phys)
{
	u32 msr, piece;

	if (phys < 0x80000) {
		msr = 0x250;
		piece = (u32)(phys >> 16);
	} else if (phys < 0xc0000) {
		msr = 0x258 + (u32)(phys >> 17 & 1);
		piece = (u32)(phys >> 14 & 7);
	} else {
		msr = 0x268 + (u32)(phys >> 15 & 7);
		piece = (u32)(phys >> 12 & 7);
	}
	return known(machine.fixed[msr - FIXED_FIRST] >> 8 * piece & 0xff);
}

static u8 expected(u64 phys, u32 phys_bits)
{
	u64 address = (BIT(phys_bits) - 1) & ~0xfffull;
	unsigned seen = 0; /* bit n: a range of type n */

	if (!(machine.def_type & BIT(11)) || phys >> phys_bits != 0) {
		return 0;
	}
	if ((machine.cap & BIT(8)) && (machine.def_type & BIT(10)) &&
	    phys < MIB) {
		return fixed_type(phys);
	}
	for (unsigned i = 0; i < (machine.cap & 0xff); i++) {
		u64 base = machine.variable[2 * i];
		u64 mask = machine.variable[2 * i + 1];

		if ((mask & BIT(11)) &&
		    (base & mask & address) == (phys & mask & address)) {
			seen |= 1u << known(base);
		}
	}
	switch (seen) {
	case 0:
		return known(machine.def_type);
	case 1u << 1:
		return 1;
	case 1u << 4:
	case 1u << 4 | 1u << 6: /* WT wins over WB */
		return 4;
	case 1u << 5:
		return 5;
	case 1u << 6:
		return 6;
	default:
		return 0;
	}
}

/*
 * A mask with gaps makes as many blocks as there are pages, and mtrr_run()
 * visits each: then only short ranges are asked about.
 */
static u64 longest_run(u32 phys_bits)
{
	u64 address = (BIT(phys_bits) - 1) & ~0xfffull;

	for (size_t i = 1; i < ARRAY_SIZE(machine.variable); i += 2) {
		u64 outside = ~machine.variable[i] & address;

		if (((outside | 0xfff) & ((outside | 0xfff) + 1)) != 0) {
			return 4 * MIB;
		}
	}
	return UINT64_MAX;
}

static void take_machine(struct fuzz_input *in)
{
	memset(&machine, 0, sizeof(machine));
	machine.absent = (u32)fuzz_take(in, 2);
	machine.cap = fuzz_take(in, 2);
	machine.def_type = fuzz_take(in, 2);
	for (size_t i = 0; i < ARRAY_SIZE(machine.fixed); i++) {
		machine.fixed[i] = fuzz_take(in, 1) * 0x0106050400060606ull;
	}
	for (size_t i = 0; i < ARRAY_SIZE(machine.variable) && in->left; i++) {
		machine.variable[i] = fuzz_take_number(in) |
				      (i % 2 ? BIT(11) : fuzz_take(in, 1) % 8);
	}
}

static void check_run(const struct mtrr_state *state, u64 base, u64 end,
		      u32 phys_bits)
{
	u8 type, first = expected(base, phys_bits);
	u64 until;

	CHECK(mtrr_type(state, base) == first);
	if (base >= end) {
		return;
	}
	until = mtrr_run(state, base, end, &type);
	CHECK(type == first && until > base && until <= end);
	CHECK(until == end || expected(until, phys_bits) != type);
	for (u64 i = 1; i < PROBES; i++) {
		u64 at = base + (until - 1 - base) / PROBES * i;

		CHECK(expected(at, phys_bits) == type);
	}
	CHECK(expected(until - 1, phys_bits) == type);
	CHECK(mtrr_uniform(state, base, end - base, &type) == (until == end));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	u32 phys_bits = 30 + (u32)fuzz_take(&in, 1) % 24;
	u64 base[4], end[4], longest;
	static struct mtrr_state state;
	int err;
	u8 type;

	for (size_t i = 0; i < ARRAY_SIZE(base); i++) {
		base[i] = fuzz_take_number(&in) & ~0xfffull;
		end[i] = fuzz_take_number(&in) & ~0xfffull;
	}
	take_machine(&in);
	err = mtrr_read(&state, phys_bits, rdmsr);
	CHECK((err == ERR_INVALID) == (phys_bits < 32 || phys_bits > 52));
	if (err != 0) {
		CHECK(err == ERR_INVALID || err == ERR_UNSUPPORTED);
		CHECK(mtrr_type(&state, base[0]) == MEMORY_TYPE_UC);
		return 0;
	}
	CHECK(!mtrr_uniform(&state, base[0], 0, &type));
	longest = longest_run(phys_bits);
	for (size_t i = 0; i < ARRAY_SIZE(base); i++) {
		if (end[i] > base[i]) {
			end[i] = base[i] + MIN(end[i] - base[i], longest);
		}
		check_run(&state, base[i], end[i], phys_bits);
	}
	return 0;
}
