/* Walks of four-level page tables, and the shadow tables made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/x86.h"
#include "guest/memory/shadow64.h"
#include "guest/memory/walk64.h"

/*
 * Sixteen pages of "RAM" from 1000h on. PML4 at 1000h, PDPT 2000h, directory
 * 3000h, page table 4000h; the rest is there for tests to use.
 */
#define RAM_BASE 0x1000u
#define RAM_PAGES 16u
#define OUTSIDE 0x40000000ull

static u64 ram[RAM_PAGES][512];

static u64 *entry(void *ctx, u64 gpa)
{
	u64 page = (gpa - RAM_BASE) / PAGE_SIZE;

	assert_ptr_equal(ctx, ram);
	assert_int_equal(gpa % 8, 0);
	return gpa < RAM_BASE || page >= RAM_PAGES
		       ? NULL
		       : &ram[page][gpa % PAGE_SIZE / 8];
}

static struct walk64 fresh(void)
{
	memset(ram, 0, sizeof(ram));
	ram[0][0] = 0x2000 | PAGING_P | PAGING_RW | PAGING_US;
	ram[1][0] = 0x3000 | PAGING_P | PAGING_RW | PAGING_US;
	ram[2][0] = 0x4000 | PAGING_P | PAGING_RW | PAGING_US;
	return (struct walk64){ .cr3 = 0x1000,
				.write_protect = true,
				.execute_disable = true,
				.pages_1gb = true,
				.physical_bits = 36,
				.ctx = ram,
				.entry = entry };
}

#define P PAGING_P
#define RW PAGING_RW
#define US PAGING_US
#define PS PAGING_PS
#define XD PAGING_XD
#define W ((u32)PAGE_FAULT_W)
#define U ((u32)PAGE_FAULT_U)
#define I ((u32)PAGE_FAULT_I)
#define RSVD ((u32)(PAGE_FAULT_P | PAGE_FAULT_RSVD))
#define FAULT(code) WALK64_FAULT, (code), 0

/*
 * One entry is changed to `value` (level 1: that of linear 5000h; 2-4: that of
 * 0), and linear 5678h is accessed.
 */
static const struct {
	u32 level;
	u64 value;
	u32 access;
	enum walk64_result result;
	u32 error;
	u64 gpa;
} rights[] = {
	{ 1, 0x9000 | P, 0, WALK64_MAPPED, 0, 0x9678 },
	{ 1, 0x9000 | P, I, WALK64_MAPPED, 0, 0x9678 },
	{ 1, 0x9000, 0, FAULT(0) },
	{ 1, 0x9000, W, FAULT(W) },
	{ 1, 0x9000, U | I, FAULT(U | I) },
	{ 1, 0x9000 | P, W, FAULT(1 | W) },
	{ 1, 0x9000 | P | RW, W, WALK64_MAPPED, 0, 0x9678 },
	{ 1, 0x9000 | P | RW, U, FAULT(1 | U) },
	{ 1, 0x9000 | P | US, U | W, FAULT(1 | U | W) },
	{ 1, 0x9000 | P | US | RW, U | W, WALK64_MAPPED, 0, 0x9678 },
	{ 1, 0x9000 | P | XD, I, FAULT(1 | I) },
	{ 1, 0x9000 | P | XD, 0, WALK64_MAPPED, 0, 0x9678 },
	/* Bit 7 is the PAT's in a page table. */
	{ 1, 0x9000 | P | PS, 0, WALK64_MAPPED, 0, 0x9678 },
	{ 1, 0x9000 | P | BIT(36), 0, FAULT(RSVD) },
	{ 1, 0x9000 | P | BIT(51), W, FAULT(RSVD | W) },
	{ 1, 0x9000 | P | BIT(52), 0, WALK64_MAPPED, 0, 0x9678 },
	/* Every level has its say. */
	{ 2, 0x4000 | P | US, W, FAULT(1 | W) },
	{ 3, 0x3000 | P | RW, U, FAULT(1 | U) },
	{ 4, 0x2000 | P | RW | US | XD, I, FAULT(1 | I) },
	{ 4, 0x2000 | P | PS, 0, FAULT(RSVD) },
	{ 3, 0, 0, FAULT(0) },
	/* Large pages. */
	{ 2, 0x200000 | P | PS | RW, W, WALK64_MAPPED, 0, 0x205678 },
	{ 2, 0x201000 | P | PS, 0, WALK64_MAPPED, 0, 0x205678 }, /* PAT */
	{ 2, 0x202000 | P | PS, 0, FAULT(RSVD) },
	{ 3, 0x40000000 | P | PS, 0, WALK64_MAPPED, 0, 0x40005678 },
	{ 3, 0x40200000 | P | PS, 0, FAULT(RSVD) },
	/* Tables that are not in RAM. */
	{ 2, OUTSIDE | P, 0, WALK64_NO_TABLE, 0, OUTSIDE + 5 * 8 },
	{ 4, 0, 0, FAULT(0) },
};

static void change(u32 level, u64 value)
{
	ram[3][5] = 0x9000 | P | RW | US;
	ram[4 - level][level == 1 ? 5 : 0] = value;
}

static void test_rights(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		struct walk64 walk = fresh();
		struct walk64_found found;

		change(rights[i].level, rights[i].value);
		assert_int_equal(walk64(&walk, 0x5678, rights[i].access,
					&found),
				 rights[i].result);
		if (rights[i].result == WALK64_FAULT) {
			assert_int_equal(found.error_code, rights[i].error);
			/* A refused access leaves no mark. */
			assert_int_equal(ram[3][5] & PAGING_A, 0);
		} else {
			assert_int_equal(found.gpa, rights[i].gpa);
		}
	}
}

/* What depends on the processor and on CR0.WP. */
static void test_modes(void **state)
{
	struct walk64 walk = fresh();
	struct walk64_found found;

	(void)state;
	change(1, 0x9000 | P | US);
	walk.write_protect = false;
	assert_int_equal(walk64(&walk, 0x5000, W, &found), WALK64_MAPPED);
	assert_false(found.writable);
	assert_true(found.dirty);
	assert_int_equal(walk64(&walk, 0x5000, W | U, &found), WALK64_FAULT);

	change(1, 0x9000 | P | XD);
	walk.execute_disable = false;
	assert_int_equal(walk64(&walk, 0x5000, 0, &found), WALK64_FAULT);
	assert_int_equal(found.error_code, RSVD);
	change(1, 0x9000);
	assert_int_equal(walk64(&walk, 0x5000, I, &found), WALK64_FAULT);
	assert_int_equal(found.error_code, 0);

	walk = fresh();
	walk.pages_1gb = false;
	change(3, 0x40000000 | P | PS);
	assert_int_equal(walk64(&walk, 0x5000, 0, &found), WALK64_FAULT);
	assert_int_equal(found.error_code, RSVD);
}

static void test_accessed_and_dirty(void **state)
{
	struct walk64 walk = fresh();
	struct walk64_found found;

	(void)state;
	change(1, 0x9000 | P | RW);
	assert_int_equal(walk64(&walk, 0x5000, 0, &found), WALK64_MAPPED);
	assert_false(found.dirty);
	for (u32 level = 0; level < 3; level++) {
		assert_int_equal(ram[level][0] & (PAGING_A | PAGING_D),
				 PAGING_A);
	}
	assert_int_equal(ram[3][5] & (PAGING_A | PAGING_D), PAGING_A);
	assert_int_equal(walk64(&walk, 0x5000, W, &found), WALK64_MAPPED);
	assert_true(found.dirty);
	assert_int_equal(ram[3][5] & (PAGING_A | PAGING_D),
			 PAGING_A | PAGING_D);
	assert_int_equal(ram[2][0] & PAGING_D, 0);
	/* Dirty from before. */
	assert_int_equal(walk64(&walk, 0x5000, 0, &found), WALK64_MAPPED);
	assert_true(found.dirty);
}

/* Every index in the right place: an address with all four different. */
static void test_indexes(void **state)
{
	struct walk64 walk = fresh();
	struct walk64_found found;
	u64 linear = 0xffff800000000000 | 1ull << 39 | 2ull << 30 | 3ull << 21 |
		     4ull << 12 | 0x567;

	(void)state;
	walk.cr3 = 0x5000 | 0x18; /* PWT and PCD are no address bits */
	ram[4][257] = 0x6000 | P;
	ram[5][2] = 0x7000 | P;
	ram[6][3] = 0x8000 | P;
	ram[7][4] = 0xabcde000 | P;
	assert_int_equal(walk64(&walk, linear, 0, &found), WALK64_MAPPED);
	assert_int_equal(found.gpa, 0xabcde567);
}

static void test_canonical(void **state)
{
	(void)state;
	assert_true(walk64_is_canonical(0x7fffffffffff));
	assert_false(walk64_is_canonical(0x800000000000));
	assert_false(walk64_is_canonical(0xffff7fffffffffff));
	assert_true(walk64_is_canonical(0xffff800000000000));
	assert_false(walk64_is_canonical(1ull << 63));
}

/* --- The shadow --- */

#define SHADOW_PHYS 0x7000000ull
#define HOST_PAGE 0x1234000ull

static struct shadow64 make_shadow(void)
{
	static u64 tables[SHADOW64_PAGES][512]
		__attribute__((aligned(PAGE_SIZE)));
	struct shadow64 shadow;

	memset(tables, 0xff, sizeof(tables));
	shadow64_init(&shadow, tables, SHADOW_PHYS);
	return shadow;
}

/* What an access to a page of those rights puts into the shadow. */
static const struct {
	u64 value;
	u32 access;
	bool write_protect;
	u64 leaf; /* without address and accessed flag */
} leaves[] = {
	{ P, 0, true, P },
	{ P | RW, 0, true, P }, /* not dirty yet: not writable yet */
	{ P | RW, W, true, P | RW | PAGING_D },
	{ P | RW | PAGING_D, 0, true, P | RW | PAGING_D },
	{ P | US | RW, U | W, true, P | US | RW | PAGING_D },
	{ P | US | XD, U, true, P | US | XD },
	/* A write that only a clear WP allows hides the page from user code. */
	{ P | US, W, false, P | RW | PAGING_D },
	{ P | US | PAGING_D, U, false, P | US | PAGING_D },
};

static void test_shadow_rights(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++) {
		struct shadow64 shadow = make_shadow();
		struct walk64 walk = fresh();
		struct walk64_found found;

		walk.write_protect = leaves[i].write_protect;
		change(1, 0x9000 | leaves[i].value);
		assert_int_equal(walk64(&walk, 0x5000, leaves[i].access,
					&found),
				 WALK64_MAPPED);
		assert_int_equal(shadow64_lookup(&shadow, 0x5000), 0);
		shadow64_fill(&shadow, &walk, 0x5000, leaves[i].access, &found,
			      HOST_PAGE);
		assert_int_equal(shadow64_lookup(&shadow, 0x5000),
				 leaves[i].leaf | HOST_PAGE | PAGING_A);
		/* Its neighbours stay unmapped. */
		assert_int_equal(shadow64_lookup(&shadow, 0x4000), 0);
		assert_int_equal(shadow64_lookup(&shadow, 0x6000), 0);
		shadow64_flush(&shadow);
		assert_int_equal(shadow64_lookup(&shadow, 0x5000), 0);
	}
}

/* It never runs over its pages, and what was filled last is always there. */
static void test_shadow_overflow(void **state)
{
	struct shadow64 shadow = make_shadow();
	struct walk64 walk = fresh();
	const struct walk64_found found = { .dirty = true, .writable = true };

	(void)state;
	for (u64 i = 0; i < 256; i++) {
		u64 linear = i * 0x10203040 * PAGE_SIZE % (1ull << 47);

		shadow64_fill(&shadow, &walk, linear, W, &found, i * PAGE_SIZE);
		assert_true(shadow.used <= SHADOW64_PAGES);
		assert_int_equal(shadow64_lookup(&shadow, linear),
				 i * PAGE_SIZE | P | RW | PAGING_A | PAGING_D |
					 XD);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_accessed_and_dirty),
		cmocka_unit_test(test_indexes),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_shadow_rights),
		cmocka_unit_test(test_shadow_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
