/*
 * Extended page tables, read back by a walker of the test's own that judges
 * entries as the processor does: page sizes, splits, errors, running out of
 * pages, and random changes against a model with a word for each guest page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/msr.h"
#include "lib/error.h"
#include "vmm/vmx/ept.h"
#include "vmm/vmx/vmx_cap_bits.h"

#define UC MEMORY_TYPE_UC
#define WC MEMORY_TYPE_WC
#define WT MEMORY_TYPE_WT
#define WP MEMORY_TYPE_WP
#define WB MEMORY_TYPE_WB

#define R EPT_READ
#define RW (EPT_READ | EPT_WRITE)
#define RX EPT_READ_EXECUTE
#define RWX EPT_ALL
#define X EPT_EXECUTE

#define CAPS_4K (EPT_CAP_WALK_4 | EPT_CAP_WB | EPT_CAP_UC)
#define CAPS_2M (CAPS_4K | EPT_CAP_2MB)
#define CAPS_1G (CAPS_2M | EPT_CAP_1GB)
#define PHYS_BITS 40

/* --- Table pages: each a block of its own, which the sanitizer guards ----- */

#define POOL_PAGES 8192
#define POOL_PHYS 0x40000000ull

static void *pool[POOL_PAGES];
static u64 pool_used;		   /* pages that are taken */
static u64 pool_left = 1ull << 62; /* how many more may be */

static void *pool_alloc(void *ctx)
{
	size_t i;

	assert_ptr_equal(ctx, pool);
	if (pool_left == 0) {
		return NULL;
	}
	pool_left--;
	for (i = 0; pool[i] != NULL; i++) {
		assert_true(i + 1 < POOL_PAGES);
	}
	pool[i] = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
	assert_non_null(pool[i]);
	memset(pool[i], 0, PAGE_SIZE);
	pool_used++;
	return pool[i];
}

static size_t pool_index(const void *page)
{
	size_t i;

	for (i = 0; pool[i] != page; i++) {
		assert_true(i + 1 < POOL_PAGES);
	}
	return i;
}

static void pool_free(void *ctx, void *page)
{
	assert_ptr_equal(ctx, pool);
	pool[pool_index(page)] = NULL;
	free(page);
	pool_used--;
}

static u64 pool_to_phys(const void *page)
{
	return POOL_PHYS + pool_index(page) * PAGE_SIZE;
}

static void *pool_to_virt(u64 phys)
{
	assert_true(phys >= POOL_PHYS && phys % PAGE_SIZE == 0);
	assert_true((phys - POOL_PHYS) / PAGE_SIZE < POOL_PAGES);
	assert_non_null(pool[(phys - POOL_PHYS) / PAGE_SIZE]);
	return pool[(phys - POOL_PHYS) / PAGE_SIZE];
}

/* After a test that failed, so that the next does not. */
static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < POOL_PAGES; i++) {
		free(pool[i]);
		pool[i] = NULL;
	}
	pool_used = 0;
	pool_left = 1ull << 62;
	return 0;
}

static const struct ept_pages pages = { pool, pool_alloc, pool_free,
					pool_to_phys, pool_to_virt };
static struct ept ept;

static void init(u64 caps)
{
	pool_left = 1ull << 62;
	assert_int_equal(ept_init(&ept, &pages, caps, PHYS_BITS), 0);
	assert_int_equal(ept.tables, 1);
	assert_int_equal(pool_used, 1);
}

static void finish(void)
{
	u64 hpa;
	u32 access;
	u8 type;

	assert_int_equal(ept.tables, pool_used);
	assert_true(ept_check(&ept));
	ept_free(&ept);
	assert_int_equal(ept.tables, 0);
	assert_int_equal(pool_used, 0);
	ept_free(&ept);
	assert_int_equal(pool_used, 0);
	assert_false(ept_lookup(&ept, 0, &hpa, &access, &type));
}

/* --- The processor's way through the tables -------------------------------- */

struct walk {
	bool present;
	u64 hpa;
	u64 page_bytes; /* of the hole, where nothing is present */
	u32 access;
	u8 type;
	u64 *entry; /* the last one looked at */
};

static void check_leaf(u64 entry, u64 page_bytes)
{
	u32 type = entry >> 3 & 7;

	assert_true(type == 0 || type == 1 || (type >= 4 && type <= 6));
	assert_int_equal(entry & 0xffffffffff000 & (page_bytes - 1), 0);
	/* None ignores the guest's PAT, nor has a bit that is not used here. */
	assert_int_equal(entry & 0xfff0000000000c40, 0);
	assert_int_equal((entry & 0x80) != 0, page_bytes > 4 * KIB);
}

static struct walk walk(u64 gpa)
{
	struct walk w = { .access = 7 };
	u64 table = ept_pointer(&ept, false) & ~0xfffull;

	for (u32 shift = 39;; shift -= 9) {
		u64 entry;

		w.page_bytes = 1ull << shift;
		w.entry = (u64 *)pool_to_virt(table) + (gpa >> shift) % 512;
		entry = *w.entry;
		if ((entry & 7) == 0) {
			assert_int_equal(entry, 0);
			return w;
		}
		w.access &= (u32)entry & 7;
		assert_true((entry & 3) != 2);
		assert_true((entry & 7) != 4 ||
			    (ept.caps & EPT_CAP_EXECUTE_ONLY));
		assert_int_equal(entry >> PHYS_BITS, 0);
		if (shift == 12 || (entry & 0x80)) {
			assert_true(shift <= 30);
			assert_true(shift != 30 || (ept.caps & EPT_CAP_1GB));
			assert_true(shift != 21 || (ept.caps & EPT_CAP_2MB));
			check_leaf(entry, w.page_bytes);
			w.present = true;
			w.type = entry >> 3 & 7;
			w.hpa = (entry & 0xffffffffff000) + gpa % w.page_bytes;
			return w;
		}
		assert_int_equal(entry & 0xf8, 0);
		table = entry & 0xffffffffff000;
	}
}

static void check_hole(u64 gpa)
{
	u64 hpa = 1;
	u32 access = 2;
	u8 type = 3;

	assert_false(walk(gpa).present);
	assert_false(ept_lookup(&ept, gpa, &hpa, &access, &type));
	assert_true(hpa == 1 && access == 2 && type == 3);
}

static void check_mapped(u64 gpa, u64 hpa, u32 access, u8 type)
{
	struct walk w = walk(gpa);
	u64 got_hpa;
	u32 got_access;
	u8 got_type;

	assert_true(w.present);
	assert_int_equal(w.hpa, hpa);
	assert_int_equal(w.access, access);
	assert_int_equal(w.type, type);
	assert_true(ept_lookup(&ept, gpa, &got_hpa, &got_access, &got_type));
	assert_int_equal(got_hpa, hpa);
	assert_int_equal(got_access, access);
	assert_int_equal(got_type, type);
}

/* --- The cases ------------------------------------------------------------- */

static void test_init(void **state)
{
	static const struct {
		u64 caps;
		u32 phys_bits;
		int result;
	} cases[] = {
		{ CAPS_4K, 36, 0 },
		{ CAPS_1G | EPT_CAP_WALK_5, 52, 0 },
		{ EPT_CAP_WALK_4 | EPT_CAP_WB, 32, 0 },
		{ EPT_CAP_WALK_4 | EPT_CAP_UC, 39, 0 },
		{ EPT_CAP_WALK_4, 36, ERR_UNSUPPORTED },
		{ EPT_CAP_WALK_5 | EPT_CAP_WB, 36, ERR_UNSUPPORTED },
		{ 0, 36, ERR_UNSUPPORTED },
		{ CAPS_4K, 0, ERR_INVALID },
		{ CAPS_4K, 31, ERR_INVALID },
		{ CAPS_4K, 53, ERR_INVALID },
		{ CAPS_4K, 64, ERR_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(ept_init(&ept, &pages, cases[i].caps,
					  cases[i].phys_bits),
				 cases[i].result);
		assert_int_equal(pool_used, cases[i].result == 0);
		ept_free(&ept);
		assert_int_equal(pool_used, 0);
	}
	pool_left = 0;
	assert_int_equal(ept_init(&ept, &pages, CAPS_1G, 36), ERR_NO_MEMORY);
	ept_free(&ept);
	assert_int_equal(ept_map(&ept, 0, 0, PAGE_SIZE, RWX, WB), ERR_RANGE);
	pool_left = 1ull << 62;
}

static void test_pointer(void **state)
{
	static const struct {
		u64 caps;
		bool accessed_dirty;
		u64 low_bits;
	} cases[] = {
		{ CAPS_4K, false, 0x1e },
		{ CAPS_4K, true, 0x1e },
		{ CAPS_4K | EPT_CAP_ACCESSED_DIRTY, false, 0x1e },
		{ CAPS_4K | EPT_CAP_ACCESSED_DIRTY, true, 0x5e },
		{ EPT_CAP_WALK_4 | EPT_CAP_UC, false, 0x18 },
		{ EPT_CAP_WALK_4 | EPT_CAP_WB, false, 0x1e },
		{ EPT_CAP_WALK_4 | EPT_CAP_UC | EPT_CAP_ACCESSED_DIRTY, true,
		  0x58 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		init(cases[i].caps);
		assert_int_equal(ept_pointer(&ept, cases[i].accessed_dirty),
				 ept.root_phys | cases[i].low_bits);
		finish();
	}
}

/*
 * One mapping: the size of the page at gpa + at, and how many tables it all
 * takes.
 */
static const struct {
	const char *name;
	u64 caps, gpa, hpa, bytes, at, page_bytes, tables;
} sizes[] = {
	{ "one page", CAPS_1G, 0x5000, 0x7000, 0x1000, 0, 4 * KIB, 4 },
	{ "2 MiB at 0", CAPS_1G, 0, 0, 2 * MIB, 0, 4 * KIB, 4 },
	{ "2 MiB", CAPS_1G, 2 * MIB, 8 * MIB, 2 * MIB, 0, 2 * MIB, 3 },
	{ "2 MiB, without", CAPS_4K, 2 * MIB, 8 * MIB, 2 * MIB, 0, 4 * KIB, 4 },
	{ "2 MiB, hpa not aligned", CAPS_1G, 2 * MIB, 9 * MIB, 2 * MIB, 0,
	  4 * KIB, 4 },
	{ "2 MiB, gpa not aligned", CAPS_1G, 3 * MIB, 8 * MIB, 2 * MIB, 0,
	  4 * KIB, 5 },
	{ "2 MiB and a page", CAPS_1G, 2 * MIB, 8 * MIB, 2 * MIB + 4 * KIB, 0,
	  2 * MIB, 4 },
	{ "the page after", CAPS_1G, 2 * MIB, 8 * MIB, 2 * MIB + 4 * KIB,
	  2 * MIB, 4 * KIB, 4 },
	{ "1 GiB at 0, start", CAPS_1G, 0, 0, GIB, 2 * MIB - 1, 4 * KIB, 4 },
	{ "1 GiB at 0, rest", CAPS_1G, 0, 0, GIB, 2 * MIB, 2 * MIB, 4 },
	{ "1 GiB at 0, end", CAPS_1G, 0, 0, GIB, GIB - 1, 2 * MIB, 4 },
	{ "4 GiB at 0, without", CAPS_2M, 0, 0, 4 * GIB, GIB, 2 * MIB, 7 },
	{ "4 GiB at 0", CAPS_1G, 0, 0, 4 * GIB, GIB, GIB, 4 },
	{ "1 GiB", CAPS_1G, GIB, 3 * GIB, GIB, 5, GIB, 2 },
	{ "1 GiB, hpa to 2 MiB", CAPS_1G, GIB, 2 * MIB, GIB, 5, 2 * MIB, 3 },
	{ "1 GiB, hpa to 4 KiB", CAPS_1G, GIB, 4 * KIB, GIB, 5, 4 * KIB, 515 },
	{ "1 GiB less a page", CAPS_1G, GIB, GIB, GIB - 4 * KIB, 0, 2 * MIB,
	  4 },
	{ "1 GiB but no 2 MiB", CAPS_4K | EPT_CAP_1GB, GIB, GIB, GIB, 0,
	  4 * KIB, 515 },
	{ "across two roots' entries", CAPS_1G, 511 * GIB, 511 * GIB, 2 * GIB,
	  GIB, GIB, 3 },
	{ "across, small", CAPS_1G, 512 * GIB - 4 * KIB, 0, 8 * KIB, 4 * KIB,
	  4 * KIB, 7 },
	{ "the highest page", CAPS_1G, BIT(40) - 4 * KIB, BIT(40) - 4 * KIB,
	  4 * KIB, 4095, 4 * KIB, 4 },
	{ "all there is", CAPS_1G, 0, 0, BIT(40), BIT(40) - 1, GIB, 5 },
};

static void test_page_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		u64 gpa = sizes[i].gpa;
		u64 end = gpa + sizes[i].bytes;

		print_message("%s\n", sizes[i].name);
		init(sizes[i].caps);
		assert_int_equal(ept_map(&ept, gpa, sizes[i].hpa,
					 sizes[i].bytes, RWX, WB),
				 0);
		assert_int_equal(walk(gpa + sizes[i].at).page_bytes,
				 sizes[i].page_bytes);
		assert_int_equal(ept.tables, sizes[i].tables);
		check_mapped(gpa, sizes[i].hpa, RWX, WB);
		check_mapped(gpa + sizes[i].at, sizes[i].hpa + sizes[i].at, RWX,
			     WB);
		check_mapped(end - 1, sizes[i].hpa + sizes[i].bytes - 1, RWX,
			     WB);
		if (gpa != 0) {
			check_hole(gpa - 1);
		}
		check_hole(end);
		assert_true(ept_check(&ept));
		assert_int_equal(ept_unmap(&ept, gpa, sizes[i].bytes), 0);
		check_hole(gpa);
		assert_int_equal(ept.tables, 1);
		finish();
	}
}

static void test_split(void **state)
{
	const u64 base = 4 * GIB;
	const u64 hole = base + 300 * MIB + 0x5000;

	(void)state;
	init(CAPS_1G);
	assert_int_equal(ept_map(&ept, base, GIB, GIB, RWX, WB), 0);
	assert_int_equal(ept.tables, 2);
	*walk(base).entry |= 0x300; /* the processor's flags: accessed, dirty */
	assert_int_equal(ept_map(&ept, hole, 0xb8000, 0x1000, RW, UC), 0);
	assert_int_equal(ept.tables, 4);
	check_mapped(hole, 0xb8000, RW, UC);
	/* What was written may have been any part of the large page. */
	for (u64 gpa = base; gpa < base + GIB; gpa += walk(gpa).page_bytes) {
		u64 *entry = walk(gpa).entry;

		assert_int_equal(*entry & 0x300, gpa == hole ? 0 : 0x300);
		*entry &= ~0x300ull;
	}
	check_mapped(hole - 1, GIB + 300 * MIB + 0x4fff, RWX, WB);
	check_mapped(hole + 0x1000, GIB + 300 * MIB + 0x6000, RWX, WB);
	assert_int_equal(walk(hole - 1).page_bytes, 4 * KIB);
	assert_int_equal(walk(base + 299 * MIB).page_bytes, 2 * MIB);
	check_mapped(base, GIB, RWX, WB);
	check_mapped(base + GIB - 1, 2 * GIB - 1, RWX, WB);
	/* Mapped as a whole again, the tables go. */
	assert_int_equal(ept_map(&ept, base, GIB, GIB, RX, WT), 0);
	assert_int_equal(ept.tables, 2);
	check_mapped(hole, GIB + (hole - base), RX, WT);
	/* A hole in a large page splits it; one of its size does not. */
	assert_int_equal(ept_unmap(&ept, hole, 0x2000), 0);
	assert_int_equal(ept.tables, 4);
	check_hole(hole);
	check_hole(hole + 0x1fff);
	check_mapped(hole + 0x2000, GIB + (hole - base) + 0x2000, RX, WT);
	assert_int_equal(ept_unmap(&ept, base + 300 * MIB, 2 * MIB), 0);
	assert_int_equal(ept.tables, 3);
	check_mapped(base + 298 * MIB, GIB + 298 * MIB, RX, WT);
	check_hole(base + 300 * MIB);
	check_mapped(base + 302 * MIB, GIB + 302 * MIB, RX, WT);
	finish();
}

/* What is not mapped can be unmapped, without any table for it. */
static void test_unmap_nothing(void **state)
{
	(void)state;
	init(CAPS_1G);
	pool_left = 0;
	assert_int_equal(ept_unmap(&ept, 0, BIT(40)), 0);
	assert_int_equal(ept_unmap(&ept, 0x1000, 0x1000), 0);
	assert_int_equal(ept.tables, 1);
	finish();
}

static void test_errors(void **state)
{
	static const struct {
		u64 gpa, hpa, bytes;
		u32 access;
		u8 type;
		int result, unmap_result;
	} cases[] = {
		{ 0x1001, 0, 0x1000, RWX, WB, ERR_INVALID, ERR_INVALID },
		{ 0x1000, 1, 0x1000, RWX, WB, ERR_INVALID, 0 },
		{ 0x1000, 0, 0x1800, RWX, WB, ERR_INVALID, ERR_INVALID },
		{ 0x1000, 0, 0, RWX, WB, ERR_INVALID, ERR_INVALID },
		{ 0x1000, 0, 0x1000, 0, WB, ERR_INVALID, 0 },
		{ 0x1000, 0, 0x1000, EPT_WRITE, WB, ERR_INVALID, 0 },
		{ 0x1000, 0, 0x1000, EPT_WRITE | X, WB, ERR_INVALID, 0 },
		{ 0x1000, 0, 0x1000, 8, WB, ERR_INVALID, 0 },
		{ 0x1000, 0, 0x1000, 9, WB, ERR_INVALID, 0 },
		{ 0x1000, 0, 0x1000, 0x80000007, WB, ERR_INVALID, 0 },
		{ 0x1000, 0, 0x1000, X, WB, ERR_UNSUPPORTED, 0 },
		{ 0x1000, 0, 0x1000, RWX, 2, ERR_INVALID, 0 },
		{ 0x1000, 0, 0x1000, RWX, 3, ERR_INVALID, 0 },
		{ 0x1000, 0, 0x1000, RWX, 7, ERR_INVALID, 0 },
		{ 0x1000, 0, 0x1000, RWX, 8, ERR_INVALID, 0 },
		{ 0x1000, 0, 0x1000, RWX, 255, ERR_INVALID, 0 },
		{ BIT(40), 0, 0x1000, RWX, WB, ERR_RANGE, ERR_RANGE },
		{ 0, BIT(40), 0x1000, RWX, WB, ERR_RANGE, 0 },
		{ BIT(40) - 0x1000, 0, 0x2000, RWX, WB, ERR_RANGE, ERR_RANGE },
		{ 0, BIT(40) - 0x1000, 0x2000, RWX, WB, ERR_RANGE, 0 },
		{ 0x1000, 0, ~0xfffull, RWX, WB, ERR_RANGE, ERR_RANGE },
		{ ~0xfffull, 0, 0x1000, RWX, WB, ERR_RANGE, ERR_RANGE },
		{ ~0xfffull, 0, 0x2000, RWX, WB, ERR_RANGE, ERR_RANGE },
		{ 0x1000, ~0xfffull, 0x1000, RWX, WB, ERR_RANGE, 0 },
	};

	(void)state;
	init(CAPS_1G);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(ept_map(&ept, cases[i].gpa, cases[i].hpa,
					 cases[i].bytes, cases[i].access,
					 cases[i].type),
				 cases[i].result);
		assert_int_equal(ept_unmap(&ept, cases[i].gpa, cases[i].bytes),
				 cases[i].unmap_result);
		assert_int_equal(ept.tables, 1);
	}
	check_hole(BIT(40));
	check_hole(BIT(40) - 1);
	finish();
}

/* Guest addresses have 48 bits at the most, host ones all of the width. */
static void test_52_bits(void **state)
{
	u64 hpa;
	u32 access;
	u8 type;

	(void)state;
	assert_int_equal(ept_init(&ept, &pages, CAPS_1G, 52), 0);
	assert_int_equal(ept_map(&ept, BIT(48) - GIB, BIT(52) - GIB, GIB, RWX,
				 WB),
			 0);
	assert_true(ept_lookup(&ept, BIT(48) - 1, &hpa, &access, &type));
	assert_int_equal(hpa, BIT(52) - 1);
	assert_int_equal(ept_map(&ept, BIT(48), 0, PAGE_SIZE, RWX, WB),
			 ERR_RANGE);
	assert_false(ept_lookup(&ept, BIT(48), &hpa, &access, &type));
	assert_false(ept_lookup(&ept, UINT64_MAX, &hpa, &access, &type));
	finish();
}

static void test_accesses_and_types(void **state)
{
	static const u32 accesses[] = { R, RW, RX, RWX, X };
	static const u8 types[] = { UC, WC, WT, WP, WB };

	(void)state;
	init(CAPS_1G | EPT_CAP_EXECUTE_ONLY);
	for (u32 i = 0; i < 25; i++) {
		u64 gpa = (i + 1) * 2 * MIB;

		assert_int_equal(ept_map(&ept, gpa, gpa, 2 * MIB,
					 accesses[i / 5], types[i % 5]),
				 0);
		assert_int_equal(ept_map(&ept, i * 0x1000, gpa, 0x1000,
					 accesses[i / 5], types[i % 5]),
				 0);
	}
	for (u32 i = 0; i < 25; i++) {
		u64 gpa = (i + 1) * 2 * MIB;

		check_mapped(gpa, gpa, accesses[i / 5], types[i % 5]);
		check_mapped(i * 0x1000, gpa, accesses[i / 5], types[i % 5]);
	}
	finish();
}

/* Each table page that is not to be had in turn, until there are enough. */
static void test_out_of_memory(void **state)
{
	const u64 gpa = 512 * GIB - 3 * MIB - 0x3000;
	const u64 bytes = 8 * MIB + 0x7000;
	u64 left;
	int err = ERR_NO_MEMORY;

	(void)state;
	for (left = 0; err != 0; left++) {
		bool changed = true;

		init(CAPS_1G);
		assert_int_equal(ept_map(&ept, 511 * GIB, GIB, 2 * GIB, R, WP),
				 0);
		pool_left = left;
		err = ept_map(&ept, gpa, 0x9000, bytes, RW, WB);
		assert_true(err == 0 || err == ERR_NO_MEMORY);
		assert_true(ept_check(&ept));
		for (u64 at = 0; at < bytes; at += 0x1000) {
			changed = changed && walk(gpa + at).access == RW;
			if (changed) {
				check_mapped(gpa + at, 0x9000 + at, RW, WB);
			} else {
				check_mapped(gpa + at, gpa + at - 510 * GIB, R,
					     WP);
			}
		}
		assert_int_equal(changed, err == 0);
		check_mapped(gpa - 1, gpa - 1 - 510 * GIB, R, WP);
		check_mapped(gpa + bytes, gpa + bytes - 510 * GIB, R, WP);
		finish();
	}
	/* Two directories, and five tables of 4 KiB pages. */
	assert_int_equal(left, 8);
}

static void test_unmap_out_of_memory(void **state)
{
	int err = ERR_NO_MEMORY;
	u64 left;

	(void)state;
	for (left = 0; err != 0; left++) {
		init(CAPS_1G);
		assert_int_equal(ept_map(&ept, GIB, GIB, 3 * GIB, RWX, WB), 0);
		pool_left = left;
		err = ept_unmap(&ept, 2 * GIB - 0x1000, GIB + 0x2000);
		assert_true(err == 0 || err == ERR_NO_MEMORY);
		check_mapped(2 * GIB - 0x1001, 2 * GIB - 0x1001, RWX, WB);
		check_mapped(3 * GIB + 0x1000, 3 * GIB + 0x1000, RWX, WB);
		if (err == 0) {
			check_hole(2 * GIB - 0x1000);
			check_hole(3 * GIB + 0xfff);
		} else {
			check_mapped(3 * GIB, 3 * GIB, RWX, WB);
		}
		finish();
	}
	/* Two splits at either end. */
	assert_int_equal(left, 5);
}

/* Nothing to split, no new table: what is there needs no memory to change. */
static void test_no_memory_wanted(void **state)
{
	(void)state;
	init(CAPS_1G);
	assert_int_equal(ept_map(&ept, 0, 0, 4 * GIB, RWX, WB), 0);
	pool_left = 0;
	assert_int_equal(ept_map(&ept, 0xa0000, 0xa0000, 0x20000, RW, UC), 0);
	assert_int_equal(ept_map(&ept, 6 * MIB, 0, 2 * MIB, RW, UC), 0);
	assert_int_equal(ept_unmap(&ept, 2 * GIB, GIB), 0);
	assert_int_equal(ept_unmap(&ept, 0, 4 * GIB), 0);
	assert_int_equal(ept.tables, 1);
	finish();
}

/* An allocator that fails leaves no empty table behind. */
static void test_no_empty_tables(void **state)
{
	(void)state;
	for (u64 left = 0; left < 3; left++) {
		init(CAPS_1G);
		pool_left = left;
		assert_int_equal(ept_map(&ept, 0x1000, 0, 0x1000, RWX, WB),
				 ERR_NO_MEMORY);
		assert_int_equal(ept.tables, 1);
		finish();
	}
	/* Nor does it go on to what would work without it. */
	init(CAPS_1G);
	assert_int_equal(ept_map(&ept, 3 * GIB, 0, GIB, RWX, WB), 0);
	pool_left = 0;
	assert_int_equal(ept_map(&ept, GIB - 0x1000, GIB - 0x1000, GIB + 0x1000,
				 RWX, WB),
			 ERR_NO_MEMORY);
	check_hole(GIB);
	assert_int_equal(ept.tables, 2);
	finish();
}

static void test_check_finds(void **state)
{
	/* Of the entry for gpa, these bits. */
	static const struct {
		u64 gpa, clear, set;
		bool good;
	} cases[] = {
		{ 0x5000, 0, 0, true },
		{ 0x5000, 0x2, 0, true },	 /* read and execute */
		{ 0x5000, 0, 0x300, true },	 /* accessed, dirty */
		{ 0x5000, 0x1, 0, false },	 /* write, no read */
		{ 0x5000, 0x3, 0, false },	 /* execute only */
		{ 0x5000, 0x7, 0, false },	 /* remains of an entry */
		{ 0x5000, 0x38, 0x10, false },	 /* type 2 */
		{ 0x5000, 0x38, 0x18, false },	 /* type 3 */
		{ 0x5000, 0x38, 0x38, false },	 /* type 7 */
		{ 0x5000, 0, BIT(40), false },	 /* beyond the width */
		{ 0x5000, 0, BIT(51), false },	 /* beyond the width */
		{ 2 * MIB, 0, 0x1000, false },	 /* address not aligned */
		{ 2 * MIB, 0, 0x100000, false }, /* address not aligned */
		{ 2 * MIB, 0x38, 0x38, false },	 /* type 7 */
		{ GIB, 0, 0x1000, false },	 /* address not aligned */
		{ GIB, 0, 0x20000000, false },	 /* address not aligned */
		{ GIB, 0x1, 0, false },		 /* write, no read */
		{ 600 * GIB, 0, 0x87, false },	 /* a page of 512 GiB */
	};
	/* In the entry of the root, which points to a table. */
	static const u64 reserved[] = { 0x8, 0x10, 0x20, 0x40, 0x80, BIT(40) };
	u64 *root;

	(void)state;
	init(CAPS_1G);
	root = pool_to_virt(ept.root_phys);
	assert_int_equal(ept_map(&ept, 0, 0, 4 * GIB, RWX, WB), 0);
	assert_true(ept_check(&ept));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 *entry = walk(cases[i].gpa).entry;
		u64 old = *entry;

		*entry = (old & ~cases[i].clear) | cases[i].set;
		assert_int_equal(ept_check(&ept), cases[i].good);
		*entry = old;
	}
	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
		root[0] ^= reserved[i];
		assert_false(ept_check(&ept));
		root[0] ^= reserved[i];
	}
	/* Sizes the processor lacks, and a table nobody counted. */
	ept.caps &= ~EPT_CAP_1GB;
	assert_false(ept_check(&ept));
	ept.caps |= EPT_CAP_1GB;
	ept.caps &= ~EPT_CAP_2MB;
	assert_false(ept_check(&ept));
	ept.caps |= EPT_CAP_2MB;
	ept.tables++;
	assert_false(ept_check(&ept));
	ept.tables--;
	finish();
}

/* A large page may not begin at 0, whatever its entry says. */
static void test_check_first_2mb(void **state)
{
	u64 *directory;

	(void)state;
	init(CAPS_1G);
	assert_int_equal(ept_map(&ept, 2 * MIB, 2 * MIB, 2 * MIB, RWX, WB), 0);
	directory = walk(2 * MIB).entry - 1;
	*directory = 0xb7;
	assert_false(ept_check(&ept));
	*directory = 0;
	finish();
}

/* --- Random changes -------------------------------------------------------- */

#define MODEL_PAGES (3 * GIB / PAGE_SIZE)

/* hpa, access and type of each guest page as one word; 0: not mapped. */
static u64 *model;

static u64 model_word(u64 hpa, u32 access, u8 type)
{
	return hpa | (u64)type << 3 | access;
}

static void check_page(u64 page)
{
	u64 gpa = page * PAGE_SIZE;

	if (model[page] == 0) {
		check_hole(gpa);
		return;
	}
	check_mapped(gpa, model[page] & ~0xfffull, (u32)model[page] & 7,
		     model[page] >> 3 & 7);
}

static u64 random_u64(void)
{
	return (u64)rand() << 31 ^ (u64)rand();
}

/* A range of whole pages, often one that large pages fit. */
static void random_range(u64 *gpa, u64 *bytes)
{
	static const u64 units[] = { PAGE_SIZE, PAGE_SIZE, 2 * MIB, GIB };
	u64 unit = units[rand() % 4];
	u64 limit = rand() % 4 == 0 ? 4 * MIB : MODEL_PAGES * PAGE_SIZE;

	*bytes = unit * (1 + (u64)rand() % 6);
	*gpa = ALIGN_DOWN(random_u64() % limit, unit);
	*bytes = MIN(*bytes, MODEL_PAGES * PAGE_SIZE - *gpa);
}

static void random_change(bool execute_only)
{
	static const u32 accesses[] = { R, RW, RX, RWX, X };
	static const u8 types[] = { UC, WC, WT, WP, WB };
	static const u64 units[] = { PAGE_SIZE, 2 * MIB, GIB };
	u32 access = accesses[rand() % (execute_only ? 5 : 4)];
	u8 type = types[rand() % 5];
	u64 gpa, hpa, bytes;
	bool map = rand() % 3 != 0;

	random_range(&gpa, &bytes);
	hpa = gpa;
	if (rand() % 2 == 0) {
		hpa = ALIGN_DOWN(random_u64() % BIT(39), units[rand() % 3]);
	}
	if (map) {
		assert_int_equal(ept_map(&ept, gpa, hpa, bytes, access, type),
				 0);
	} else {
		assert_int_equal(ept_unmap(&ept, gpa, bytes), 0);
	}
	for (u64 at = 0; at < bytes; at += PAGE_SIZE) {
		model[(gpa + at) / PAGE_SIZE] =
			map ? model_word(hpa + at, access, type) : 0;
	}
	check_page(gpa / PAGE_SIZE);
	check_page((gpa + bytes - 1) / PAGE_SIZE);
	if (gpa != 0) {
		check_page(gpa / PAGE_SIZE - 1);
	}
	if (gpa + bytes < MODEL_PAGES * PAGE_SIZE) {
		check_page((gpa + bytes) / PAGE_SIZE);
	}
}

static void test_random(void **state)
{
	static const u64 caps[] = { CAPS_4K, CAPS_2M, CAPS_1G,
				    CAPS_1G | EPT_CAP_EXECUTE_ONLY };

	(void)state;
	model = calloc(MODEL_PAGES, sizeof(*model));
	assert_non_null(model);
	srand(48);
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++) {
		memset(model, 0, MODEL_PAGES * sizeof(*model));
		init(caps[i]);
		for (u32 round = 1; round <= 240; round++) {
			random_change((caps[i] & EPT_CAP_EXECUTE_ONLY) != 0);
			assert_int_equal(ept.tables, pool_used);
			for (u32 n = 0; n < 100; n++) {
				check_page(random_u64() % MODEL_PAGES);
			}
			if (round % 120 == 0) {
				assert_true(ept_check(&ept));
				for (u64 page = 0; page < MODEL_PAGES; page++) {
					check_page(page);
				}
			}
		}
		assert_int_equal(ept_unmap(&ept, 0, MODEL_PAGES * PAGE_SIZE),
				 0);
		assert_int_equal(ept.tables, 1);
		finish();
	}
	free(model);
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_init),
		TEST(test_pointer),
		TEST(test_page_sizes),
		TEST(test_split),
		TEST(test_unmap_nothing),
		TEST(test_errors),
		TEST(test_52_bits),
		TEST(test_accesses_and_types),
		TEST(test_out_of_memory),
		TEST(test_unmap_out_of_memory),
		TEST(test_no_memory_wanted),
		TEST(test_no_empty_tables),
		TEST(test_check_finds),
		TEST(test_check_first_2mb),
		TEST(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
