/*
 * arch/mem/mtrr.c: any values for the registers. Types are those of a second
 * reading of the SDM's rules (volume 3, "MTRR Precedences").
 */
#include "arch/mem/mtrr.h"
#include "tests/fuzz/fuzz.h"

#define FIXED_FIRST 0x250u
#define VARIABLE_REGISTERS 80u
#define PROBES 8u

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

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	u32 phys_bits = 30 + (u32)fuzz_take(&in, 1) % 24;
	static struct mtrr_state state;
	u64 at[PROBES];
	int err;

	for (size_t i = 0; i < PROBES; i++) {
		at[i] = fuzz_take_number(&in);
	}
	take_machine(&in);
	err = mtrr_read(&state, phys_bits, rdmsr);
	CHECK((err == ERR_INVALID) == (phys_bits < 32 || phys_bits > 52));
	CHECK(err == 0 || err == ERR_INVALID || err == ERR_UNSUPPORTED);
	for (size_t i = 0; i < PROBES; i++) {
		CHECK(mtrr_type(&state, at[i]) ==
		      (err == 0 ? expected(at[i], phys_bits) : MEMORY_TYPE_UC));
	}
	return 0;
}
