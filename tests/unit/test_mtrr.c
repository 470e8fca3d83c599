/*
 * The memory type range registers: tables as firmware leaves them, what wins
 * where ranges overlap, and random ranges against a reading of the SDM's rules
 * that looks at every page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/mem/mtrr.h"
#include "lib/error.h"

#define UC MEMORY_TYPE_UC
#define WC MEMORY_TYPE_WC
#define WT MEMORY_TYPE_WT
#define WP MEMORY_TYPE_WP
#define WB MEMORY_TYPE_WB

#define E MTRR_DEF_TYPE_E
#define FE MTRR_DEF_TYPE_FE
#define V MTRR_PHYSMASK_V
#define ALL(type) ((type)*0x0101010101010101ull)

struct msr {
	u32 number;
	u64 value;
};

static struct msr msrs[256];
static size_t msr_count;
static struct mtrr_state mtrr;

static bool rdmsr(u32 number, u64 *value)
{
	for (size_t i = 0; i < msr_count; i++) {
		if (msrs[i].number == number) {
			*value = msrs[i].value;
			return true;
		}
	}
	return false;
}

static void set(u32 number, u64 value)
{
	size_t i;

	for (i = 0; i < msr_count && msrs[i].number != number; i++) {}
	assert_true(i < ARRAY_SIZE(msrs));
	msrs[i] = (struct msr){ number, value };
	msr_count = MAX(msr_count, i + 1);
}

static void drop(u32 number)
{
	for (size_t i = 0; i < msr_count; i++) {
		if (msrs[i].number == number) {
			msrs[i] = msrs[--msr_count];
			return;
		}
	}
	fail();
}

static void set_range(u32 n, u64 base, u64 mask)
{
	set(MSR_IA32_MTRR_PHYSBASE0 + 2 * n, base);
	set(MSR_IA32_MTRR_PHYSMASK0 + 2 * n, mask);
}

/* Fixed ranges as a PC has them: RAM, video memory, adapters and ROM. */
static void set_pc_fixed(u64 upper)
{
	set(MSR_IA32_MTRR_FIX64K_00000, ALL(WB));
	set(MSR_IA32_MTRR_FIX16K_80000, ALL(WB));
	set(MSR_IA32_MTRR_FIX16K_A0000, ALL(UC));
	for (u32 i = 0; i < 8; i++) {
		set(MSR_IA32_MTRR_FIX4K_C0000 + i, upper);
	}
}

/* Nothing set up: count variable ranges that are not valid. */
static void reset(u32 count, u64 def_type)
{
	msr_count = 0;
	set(MSR_IA32_MTRRCAP, MTRRCAP_WC | MTRRCAP_FIX | count);
	set(MSR_IA32_MTRR_DEF_TYPE, def_type);
	set_pc_fixed(ALL(WP));
	for (u32 i = 0; i < count && i < MTRR_VARIABLE_MAX; i++) {
		set_range(i, 0, 0);
	}
}

/* A virtual machine of 36 bits: all WB but the hole for devices. */
static void default_wb(void)
{
	reset(8, E | FE | WB);
	set_range(0, 0xc0000000 | UC, 0xfc0000000 | V);
	assert_int_equal(mtrr_read(&mtrr, 36, rdmsr), 0);
}

/* A laptop of 39 bits: all UC but 3 GiB - 8 MiB and 5 GiB above the hole. */
static void default_uc(void)
{
	reset(10, E | FE | UC);
	set_range(0, 0x000000000 | WB, 0x7f80000000 | V);
	set_range(1, 0x080000000 | WB, 0x7fc0000000 | V);
	set_range(2, 0x0bf800000 | UC, 0x7fff800000 | V);
	set_range(4, 0x100000000 | WB, 0x7f00000000 | V);
	set_range(5, 0x200000000 | WB, 0x7fc0000000 | V);
	/* A frame buffer; and one that is there but not valid. */
	set_range(7, 0x0d0000000 | WC, 0x7ff0000000 | V);
	set_range(9, 0x0e0000000 | WB, 0x7ff0000000);
	/* No ROM in the upper 16 KiB of the adapters' at D0000. */
	set(MSR_IA32_MTRR_FIX4K_C0000 + 2, 0x0000000005050505);
	assert_int_equal(mtrr_read(&mtrr, 39, rdmsr), 0);
}

struct run {
	u64 end;
	u8 type;
};

/* The runs follow each other from 0; the last is beyond the width. */
static const struct {
	const char *name;
	void (*machine)(void);
	struct run runs[14];
} machines[] = {
	{ "default WB",
	  default_wb,
	  { { 0xa0000, WB },
	    { 0xc0000, UC },
	    { 0x100000, WP },
	    { 0xc0000000, WB },
	    { 0x100000000, UC },
	    { 0x1000000000, WB },
	    { UINT64_MAX, UC } } },
	{ "default UC",
	  default_uc,
	  { { 0xa0000, WB },
	    { 0xc0000, UC },
	    { 0xd4000, WP },
	    { 0xd8000, UC },
	    { 0x100000, WP },
	    { 0xbf800000, WB },
	    { 0xd0000000, UC },
	    { 0xe0000000, WC },
	    { 0x100000000, UC },
	    { 0x240000000, WB },
	    { UINT64_MAX, UC } } },
};

static void check_runs(const struct run *run)
{
	u64 base = 0;

	for (; base != UINT64_MAX; base = run->end, run++) {
		assert_int_equal(mtrr_type(&mtrr, base), run->type);
		assert_int_equal(mtrr_type(&mtrr, run->end - 1), run->type);
		assert_int_equal(mtrr_type(&mtrr, base + (run->end - base) / 2),
				 run->type);
	}
}

static void test_machines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		print_message("%s\n", machines[i].name);
		machines[i].machine();
		check_runs(machines[i].runs);
	}
}

static void test_every_fixed_piece(void **state)
{
	static const struct {
		u64 base;
		u64 bytes;
		u32 count;
	} areas[] = {
		{ 0, 0x10000, 8 },
		{ 0x80000, 0x4000, 16 },
		{ 0xc0000, 0x1000, 64 },
	};
	static const u8 types[] = { UC, WC, WT, WP, WB };
	u32 piece = 0;

	(void)state;
	reset(0, E | FE | WB);
	/* Neighbours always differ: piece n has the type n modulo 5. */
	for (u32 msr = 0; msr < 11; msr++) {
		u64 value = 0;

		for (u32 i = 0; i < 8; i++) {
			value |= (u64)types[(msr * 8 + i) % 5] << 8 * i;
		}
		set(msr < 1   ? MSR_IA32_MTRR_FIX64K_00000
		    : msr < 3 ? MSR_IA32_MTRR_FIX16K_80000 + msr - 1
			      : MSR_IA32_MTRR_FIX4K_C0000 + msr - 3,
		    value);
	}
	assert_int_equal(mtrr_read(&mtrr, 40, rdmsr), 0);
	for (size_t area = 0; area < ARRAY_SIZE(areas); area++) {
		for (u32 i = 0; i < areas[area].count; i++, piece++) {
			u64 base = areas[area].base + i * areas[area].bytes;
			u64 end = base + areas[area].bytes;

			assert_int_equal(mtrr_type(&mtrr, base),
					 types[piece % 5]);
			assert_int_equal(mtrr_type(&mtrr, end - 1),
					 types[piece % 5]);
		}
	}
	assert_int_equal(piece, MTRR_FIXED_PIECES);
}

/* Every pair of types, and every one with itself. */
static void test_overlap_of_two(void **state)
{
	static const u8 types[] = { UC, WC, WT, WP, WB };
	static const u8 result[5][5] = {
		/* UC  WC  WT  WP  WB */
		{ UC, UC, UC, UC, UC }, /* UC */
		{ UC, WC, UC, UC, UC }, /* WC */
		{ UC, UC, WT, UC, WT }, /* WT */
		{ UC, UC, UC, WP, UC }, /* WP */
		{ UC, UC, WT, UC, WB }, /* WB */
	};

	(void)state;
	for (u32 a = 0; a < 5; a++) {
		for (u32 b = 0; b < 5; b++) {
			reset(4, E | FE | WP);
			set_range(1, 0x40000000 | types[a], 0xfc0000000 | V);
			set_range(3, 0x50000000 | types[b], 0xff0000000 | V);
			assert_int_equal(mtrr_read(&mtrr, 36, rdmsr), 0);
			assert_int_equal(mtrr_type(&mtrr, 0x4fffffff),
					 types[a]);
			assert_int_equal(mtrr_type(&mtrr, 0x50000000),
					 result[a][b]);
			assert_int_equal(mtrr_type(&mtrr, 0x5fffffff),
					 result[a][b]);
			assert_int_equal(mtrr_type(&mtrr, 0x60000000),
					 types[a]);
			assert_int_equal(mtrr_type(&mtrr, 0x80000000), WP);
		}
	}
}

static void test_overlap_of_three(void **state)
{
	static const u8 cases[][4] = {
		{ WB, WT, WB, WT }, { WT, WB, WB, WT }, { WB, WB, UC, UC },
		{ UC, WB, WB, UC }, { WC, WC, WC, WC }, { WB, WT, WC, UC },
		{ WP, UC, WP, UC }, { WC, WB, WB, UC }, { WB, WB, WB, WB },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		reset(3, E | FE | WP);
		for (u32 n = 0; n < 3; n++) {
			set_range(n, 0x40000000 | cases[i][n], 0xfc0000000 | V);
		}
		assert_int_equal(mtrr_read(&mtrr, 36, rdmsr), 0);
		assert_int_equal(mtrr_type(&mtrr, 0x7ffff000), cases[i][3]);
	}
}

/* Below 1 MiB the variable ranges count only without the fixed ones. */
static void test_switches(void **state)
{
	static const struct {
		u64 cap, def_type;
		u8 video, ram, high;
	} cases[] = {
		{ MTRRCAP_FIX | 1, E | FE | WB, UC, WB, WT },
		{ MTRRCAP_FIX | 1, E | WB, WT, WT, WT },
		{ MTRRCAP_FIX, E | WP, WP, WP, WP },
		{ MTRRCAP_FIX | 1, FE | WB, UC, UC, UC },
		{ MTRRCAP_FIX | 1, WB, UC, UC, UC },
		/* No fixed ranges: their enable is a reserved bit. */
		{ 1, E | FE | WB, WT, WT, WT },
		/* Reserved types. */
		{ MTRRCAP_FIX, E | FE | 2, UC, WB, UC },
		{ MTRRCAP_FIX, E | FE | 7, UC, WB, UC },
		{ MTRRCAP_FIX, E | FE | 0x86, UC, WB, UC },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		reset(1, cases[i].def_type);
		set(MSR_IA32_MTRRCAP, cases[i].cap);
		set_range(0, 0 | WT, 0xf80000000 | V);
		assert_int_equal(mtrr_read(&mtrr, 36, rdmsr), 0);
		assert_int_equal(mtrr_type(&mtrr, 0xb8000), cases[i].video);
		assert_int_equal(mtrr_type(&mtrr, 0x7c00), cases[i].ram);
		assert_int_equal(mtrr_type(&mtrr, 0x100000), cases[i].high);
	}
}

static void test_reserved_types(void **state)
{
	(void)state;
	reset(1, E | FE | WB);
	set(MSR_IA32_MTRR_FIX64K_00000, 0x0606ff0806030206);
	set_range(0, 0x40000000 | 3, 0xfc0000000 | V);
	assert_int_equal(mtrr_read(&mtrr, 36, rdmsr), 0);
	assert_int_equal(mtrr_type(&mtrr, 0x00000), WB);
	assert_int_equal(mtrr_type(&mtrr, 0x10000), UC);
	assert_int_equal(mtrr_type(&mtrr, 0x20000), UC);
	assert_int_equal(mtrr_type(&mtrr, 0x30000), WB);
	assert_int_equal(mtrr_type(&mtrr, 0x40000), UC);
	assert_int_equal(mtrr_type(&mtrr, 0x50000), UC);
	assert_int_equal(mtrr_type(&mtrr, 0x60000), WB);
	assert_int_equal(mtrr_type(&mtrr, 0x40000000), UC);
	assert_int_equal(mtrr_type(&mtrr, 0x80000000), WB);
}

/* Bits of base outside the mask, and of both above the width, do not count. */
static void test_odd_bases_and_masks(void **state)
{
	(void)state;
	reset(3, E | WB);
	set_range(0, 0xf00000045678900 | WT, 0xfffffffffff00000 | V);
	/* Every second 8 KiB of the 64 KiB at 80000h. */
	set_range(1, 0x80000 | UC, 0xfffff2000 | V);
	assert_int_equal(mtrr_read(&mtrr, 36, rdmsr), 0);
	assert_int_equal(mtrr_type(&mtrr, 0x455fffff), WB);
	assert_int_equal(mtrr_type(&mtrr, 0x45600000), WT);
	assert_int_equal(mtrr_type(&mtrr, 0x456fffff), WT);
	assert_int_equal(mtrr_type(&mtrr, 0x45700000), WB);
	for (u64 at = 0x80000; at < 0x90000; at += 0x1000) {
		assert_int_equal(mtrr_type(&mtrr, at), at & 0x2000 ? WB : UC);
	}
	/* A mask of no bits takes in everything. */
	set_range(2, 0 | UC, V);
	assert_int_equal(mtrr_read(&mtrr, 36, rdmsr), 0);
	assert_int_equal(mtrr_type(&mtrr, 0), UC);
	assert_int_equal(mtrr_type(&mtrr, BIT(36) - 1), UC);
}

static void check_all_uc(void)
{
	for (u64 at = 0; at < BIT(52); at = 3 * at + PAGE_SIZE) {
		assert_int_equal(mtrr_type(&mtrr, at), UC);
	}
}

static void test_errors(void **state)
{
	static const u32 needed[] = {
		MSR_IA32_MTRRCAP,
		MSR_IA32_MTRR_DEF_TYPE,
		MSR_IA32_MTRR_FIX64K_00000,
		MSR_IA32_MTRR_FIX16K_A0000,
		MSR_IA32_MTRR_FIX4K_F8000,
		MSR_IA32_MTRR_PHYSBASE0,
		MSR_IA32_MTRR_PHYSMASK0 + 2 * 7,
	};
	static const u32 widths[] = { 0, 31, 53, 64, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		default_wb();
		drop(needed[i]);
		assert_int_equal(mtrr_read(&mtrr, 36, rdmsr), ERR_UNSUPPORTED);
		check_all_uc();
	}
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		default_wb();
		assert_int_equal(mtrr_read(&mtrr, widths[i], rdmsr),
				 ERR_INVALID);
		check_all_uc();
	}
	reset(MTRR_VARIABLE_MAX, E | WB);
	assert_int_equal(mtrr_read(&mtrr, 52, rdmsr), 0);
	reset(MTRR_VARIABLE_MAX + 1, E | WB);
	for (u32 i = 0; i <= MTRR_VARIABLE_MAX; i++) {
		set_range(i, 0 | WB, 0xfff000000 | V);
	}
	assert_int_equal(mtrr_read(&mtrr, 52, rdmsr), ERR_UNSUPPORTED);
	check_all_uc();
	reset(255, E | WB);
	assert_int_equal(mtrr_read(&mtrr, 52, rdmsr), ERR_UNSUPPORTED);
}

/* All of the registers' ranges, valid or not, fit the arrays. */
static void test_most_ranges(void **state)
{
	(void)state;
	reset(MTRR_VARIABLE_MAX, E | WB);
	for (u32 i = 0; i < MTRR_VARIABLE_MAX; i++) {
		set_range(i, (u64)(i + 1) << 24 | WC, 0xfff000000 | V);
	}
	assert_int_equal(mtrr_read(&mtrr, 36, rdmsr), 0);
	assert_int_equal(mtrr.variable_count, MTRR_VARIABLE_MAX);
	for (u32 i = 0; i < MTRR_VARIABLE_MAX; i++) {
		assert_int_equal(mtrr_type(&mtrr, (u64)(i + 1) << 24), WC);
	}
	assert_int_equal(mtrr_type(&mtrr, 0), WB);
}

/* The SDM's rules once more: the set of types that match an address. */
static u8 model_type(u64 phys, u32 ranges, u8 default_type)
{
	u32 found = 0;

	for (u32 i = 0; i < ranges; i++) {
		u64 base, mask;

		assert_true(rdmsr(MSR_IA32_MTRR_PHYSBASE0 + 2 * i, &base));
		assert_true(rdmsr(MSR_IA32_MTRR_PHYSMASK0 + 2 * i, &mask));
		if ((mask & V) && (phys & mask & 0xffffff000) ==
					  (base & mask & 0xffffff000)) {
			found |= 1u << (base & 0xff);
		}
	}
	switch (found) {
	case 0:
		return default_type;
	case 1u << WC:
		return WC;
	case 1u << WT:
	case 1u << WT | 1u << WB:
		return WT;
	case 1u << WP:
		return WP;
	case 1u << WB:
		return WB;
	default:
		return UC;
	}
}

/* In 16 MiB, every page's type and every run's end. */
static void test_random_ranges(void **state)
{
	static const u8 types[] = { UC, WC, WT, WP, WB, WB, WB, WT };
	const u64 end = 16 * MIB;

	(void)state;
	srand(3);
	for (u32 round = 0; round < 300; round++) {
		u32 ranges = (u32)rand() % 7;
		u8 default_type = types[rand() % 8];

		reset(ranges, E | default_type);
		for (u32 i = 0; i < ranges; i++) {
			u64 page = (u64)rand() % 4096;
			u64 size = 1ull << rand() % 13;
			u64 mask = ~(size - 1) & 0xffffff;

			if (rand() % 4 == 0) {
				mask |= (u64)rand() & 0xfff;
			}
			set_range(i, page << 12 | types[rand() % 8],
				  mask << 12 | (rand() % 8 ? V : 0));
		}
		assert_int_equal(mtrr_read(&mtrr, 36, rdmsr), 0);
		for (u64 at = 0; at < end; at += PAGE_SIZE) {
			assert_int_equal(mtrr_type(&mtrr, at),
					 model_type(at, ranges, default_type));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_machines),
		cmocka_unit_test(test_every_fixed_piece),
		cmocka_unit_test(test_overlap_of_two),
		cmocka_unit_test(test_overlap_of_three),
		cmocka_unit_test(test_switches),
		cmocka_unit_test(test_reserved_types),
		cmocka_unit_test(test_odd_bases_and_masks),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_most_ranges),
		cmocka_unit_test(test_random_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
