/*
 * The page allocator: what it refuses, when it runs dry, what is left after
 * all is given back, and random use against a model with a byte for each page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/mem/page_alloc.h"
#include "lib/error.h"

static struct memmap map;
static struct page_alloc pa;
static void *bitmap;

/* A bitmap of just the size asked for, so that the sanitizer guards its end. */
static void init(u64 max_phys)
{
	size_t bytes = page_alloc_bitmap_bytes(&map, max_phys);

	bitmap = malloc(bytes);
	assert_non_null(bitmap);
	memset(bitmap, 0xff, bytes);
	assert_int_equal(page_alloc_init(&pa, &map, bitmap, bytes), 0);
	assert_int_equal(pa.free, pa.total);
}

static int teardown(void **state)
{
	(void)state;
	free(bitmap);
	bitmap = NULL;
	return 0;
}

/* The smallest machine: 8 MiB with the usual hole below 1 MiB. */
static void small_machine(void)
{
	memmap_init(&map);
	memmap_add(&map, 0, 0x9fc00, MEMMAP_RAM);
	memmap_add(&map, 0x9fc00, 0x400, MEMMAP_RESERVED);
	memmap_add(&map, 0xe8000, 0x18000, MEMMAP_RESERVED);
	memmap_add(&map, MIB, 7 * MIB, MEMMAP_RAM);
	memmap_reserve(&map, 2 * MIB, 0x12345, MEMMAP_KERNEL);
	init(0);
}

/* One page taken by its address; what is free is found from anywhere. */
static void test_take_and_next_free(void **state)
{
	u64 end = 8 * MIB;
	u64 free;

	(void)state;
	small_machine();
	free = pa.free;
	assert_int_equal(page_alloc_next_free(&pa, 0), MIB);
	assert_int_equal(page_alloc_next_free(&pa, MIB), MIB);
	assert_int_equal(page_alloc_next_free(&pa, MIB + 1), MIB + PAGE_SIZE);
	assert_int_equal(page_alloc_next_free(&pa, 2 * MIB), 2 * MIB + 0x13000);
	assert_int_equal(page_alloc_next_free(&pa, end - 1), 0);
	assert_int_equal(page_alloc_next_free(&pa, UINT64_MAX), 0);

	assert_true(page_alloc_take(&pa, MIB + 0x123));
	assert_false(page_alloc_take(&pa, MIB));
	assert_false(page_alloc_take(&pa, 2 * MIB));
	assert_false(page_alloc_take(&pa, end));
	assert_false(page_alloc_take(&pa, 0x5000));
	assert_false(page_alloc_take(&pa, UINT64_MAX));
	assert_int_equal(pa.free, free - 1);
	assert_int_equal(page_alloc_next_free(&pa, 0), MIB + PAGE_SIZE);
	assert_int_equal(page_alloc_get(&pa, 1, 0), MIB + PAGE_SIZE);
	assert_int_equal(page_alloc_put(&pa, MIB, 2), 0);
	assert_int_equal(pa.free, free);
	assert_int_equal(page_alloc_get(&pa, 1, 0), MIB);
}

static void test_small_machine_dry_and_back(void **state)
{
	static u64 got[7 * 256];
	u64 reserved = 0x13;
	u64 previous = 0;
	u64 n;

	(void)state;
	small_machine();
	assert_int_equal(pa.total, 7 * 256 - reserved);
	assert_int_equal(pa.left_out, 0);
	for (n = 0; n < pa.total; n++) {
		got[n] = page_alloc_get(&pa, 1, 0);
		assert_true(got[n] >= MIB && got[n] < 8 * MIB);
		assert_int_equal(got[n] % PAGE_SIZE, 0);
		assert_true(memmap_is_ram(&map, got[n], PAGE_SIZE));
		assert_true(got[n] > previous);
		previous = got[n];
	}
	assert_int_equal(pa.free, 0);
	assert_int_equal(page_alloc_get(&pa, 1, 0), 0);
	assert_int_equal(page_alloc_get(&pa, 2, 0), 0);
	while (n-- > 0) {
		assert_int_equal(page_alloc_put(&pa, got[n], 1), 0);
	}
	assert_int_equal(pa.free, pa.total);
	/* It is in one piece again: the longest run is where it was. */
	n = (6 * MIB - reserved * PAGE_SIZE) / PAGE_SIZE;
	assert_int_equal(page_alloc_get(&pa, n + 1, 0), 0);
	assert_int_equal(page_alloc_get(&pa, n, 0), 2 * MIB + 0x13000);
}

static void test_runs(void **state)
{
	u64 a;
	u64 b;
	u64 c;

	(void)state;
	small_machine();
	assert_int_equal(page_alloc_get(&pa, 0, 0), 0);
	assert_int_equal(page_alloc_get(&pa, ~(size_t)0, 0), 0);
	a = page_alloc_get(&pa, 3, 0);
	b = page_alloc_get(&pa, 100, 0);
	c = page_alloc_get(&pa, 1, 0);
	assert_int_equal(a, MIB);
	assert_int_equal(b, MIB + 3 * PAGE_SIZE);
	assert_int_equal(c, MIB + 103 * PAGE_SIZE);
	/* A run never crosses the kernel: the first one that fits is above. */
	assert_int_equal(page_alloc_get(&pa, 200, 0), 2 * MIB + 0x13000);
	/* The hole left by a is too small for four, right for three. */
	assert_int_equal(page_alloc_put(&pa, a, 3), 0);
	assert_int_equal(page_alloc_get(&pa, 4, 0), MIB + 104 * PAGE_SIZE);
	assert_int_equal(page_alloc_get(&pa, 3, 0), a);
	/* A run may come back in parts. */
	assert_int_equal(page_alloc_put(&pa, b + 50 * PAGE_SIZE, 50), 0);
	assert_int_equal(page_alloc_put(&pa, b, 50), 0);
	assert_int_equal(page_alloc_get(&pa, 100, 0), b);
}

static void test_below(void **state)
{
	(void)state;
	small_machine();
	assert_int_equal(page_alloc_get(&pa, 1, MIB), 0);
	assert_int_equal(page_alloc_get(&pa, 1, 1), 0);
	assert_int_equal(page_alloc_get(&pa, 1, MIB + PAGE_SIZE - 1), 0);
	assert_int_equal(page_alloc_get(&pa, 2, MIB + PAGE_SIZE), 0);
	assert_int_equal(page_alloc_get(&pa, 1, MIB + PAGE_SIZE), MIB);
	assert_int_equal(page_alloc_get(&pa, 1, MIB + PAGE_SIZE), 0);
	assert_int_equal(page_alloc_get(&pa, 255, 2 * MIB), MIB + PAGE_SIZE);
	assert_int_equal(page_alloc_get(&pa, 1, 2 * MIB), 0);
	/* What was asked for too low has not spoilt the search elsewhere. */
	assert_int_equal(page_alloc_get(&pa, 1, ~0ull), 2 * MIB + 0x13000);
}

static void test_bad_puts(void **state)
{
	static const struct {
		u64 phys;
		size_t pages;
	} cases[] = {
		{ 4 * MIB, 1 },			 /* free already */
		{ MIB + 3 * PAGE_SIZE, 2 },	 /* its second page is */
		{ MIB + 1, 1 },			 /* not a page's start */
		{ MIB, 0 },			 /* nothing */
		{ 0, 1 },			 /* never handed out */
		{ 0x10000, 1 },			 /* RAM, but below 1 MiB */
		{ MIB - PAGE_SIZE, 2 },		 /* the same in part */
		{ 0xf0000, 1 },			 /* reserved */
		{ 2 * MIB, 1 },			 /* the kernel */
		{ 8 * MIB, 1 },			 /* beyond the end */
		{ ~0ull - 0xfff, 1 },		 /* and far beyond */
		{ MIB, ~(size_t)0 },		 /* a length that wraps */
		{ MIB, (size_t)1 << 52 },	 /* in bytes, too */
		{ MIB + 2 * PAGE_SIZE, 0x1000 }, /* past the end */
	};
	size_t bytes;
	void *before;
	size_t i;

	(void)state;
	small_machine();
	bytes = page_alloc_bitmap_bytes(&map, 0);
	before = malloc(bytes);
	assert_int_equal(page_alloc_get(&pa, 4, 0), MIB);
	memcpy(before, bitmap, bytes);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 free_pages = pa.free;

		if (page_alloc_put(&pa, cases[i].phys, cases[i].pages) !=
		    ERR_INVALID) {
			fail_msg("case %zu was taken", i);
		}
		assert_int_equal(pa.free, free_pages);
		assert_memory_equal(before, bitmap, bytes);
	}
	assert_int_equal(page_alloc_put(&pa, MIB, 4), 0);
	assert_int_equal(page_alloc_put(&pa, MIB, 4), ERR_INVALID);
	assert_int_equal(pa.free, pa.total);
	free(before);
}

static void test_sparse_tebibyte(void **state)
{
	u64 page;
	u64 i;

	(void)state;
	memmap_init(&map);
	memmap_add(&map, 0, 3 * GIB, MEMMAP_RAM);
	memmap_add(&map, 64 * GIB, MIB, MEMMAP_RAM);
	memmap_add(&map, 1024 * GIB - MIB, MIB, MEMMAP_RAM);
	assert_int_equal(page_alloc_bitmap_bytes(&map, 0),
			 1024 * GIB / PAGE_SIZE / 8);
	init(0);
	assert_int_equal(pa.total, 3 * GIB / PAGE_SIZE + 256);
	assert_int_equal(page_alloc_get(&pa, 3 * GIB / PAGE_SIZE - 256, 0),
			 MIB);
	assert_int_equal(page_alloc_get(&pa, 256, 0), 64 * GIB);
	for (i = 0; i < 256; i++) {
		page = page_alloc_get(&pa, 1, 0);
		assert_int_equal(page, 1024 * GIB - MIB + i * PAGE_SIZE);
	}
	assert_int_equal(page_alloc_get(&pa, 1, 0), 0);
	assert_int_equal(page_alloc_put(&pa, 64 * GIB, 257), ERR_INVALID);
	assert_int_equal(page_alloc_put(&pa, 64 * GIB, 256), 0);
	assert_int_equal(page_alloc_get(&pa, 1, 64 * GIB), 0);
	assert_int_equal(page_alloc_get(&pa, 1, 0), 64 * GIB);
}

static void test_limited(void **state)
{
	(void)state;
	memmap_init(&map);
	memmap_add(&map, 0, 3 * GIB, MEMMAP_RAM);
	memmap_add(&map, 4 * GIB, 4 * GIB, MEMMAP_RAM);
	init(5 * GIB);
	assert_int_equal(pa.total, (4 * GIB - MIB) / PAGE_SIZE);
	assert_int_equal(pa.left_out, 3 * GIB / PAGE_SIZE);
	assert_int_equal(page_alloc_get(&pa, GIB / PAGE_SIZE, 0), MIB);
	assert_int_equal(page_alloc_put(&pa, 6 * GIB, 1), ERR_INVALID);
	free(bitmap);

	/* Never a page above the limit, even where it is within a word. */
	init(2 * MIB + 5 * PAGE_SIZE);
	assert_int_equal(pa.total, 256);
	assert_int_equal(page_alloc_get(&pa, 256, 0), MIB);
	assert_int_equal(page_alloc_get(&pa, 1, 0), 0);
	/* RAM goes on beyond the bitmap, but it was never ours. */
	assert_int_equal(page_alloc_put(&pa, MIB, 257), ERR_INVALID);
	assert_int_equal(page_alloc_put(&pa, 2 * MIB, 1), ERR_INVALID);
	assert_int_equal(page_alloc_put(&pa, MIB, 256), 0);
	free(bitmap);

	/* Of several runs all that is left out counts. */
	memmap_add(&map, 16 * GIB, GIB, MEMMAP_RAM);
	init(5 * GIB);
	assert_int_equal(pa.left_out, 4 * GIB / PAGE_SIZE);
}

static void test_init_errors(void **state)
{
	u64 words[64];

	(void)state;
	memmap_init(&map);
	assert_int_equal(page_alloc_bitmap_bytes(&map, 0), 0);
	memmap_add(&map, 0, 0x9fc00, MEMMAP_RAM);
	assert_int_equal(page_alloc_bitmap_bytes(&map, 0), 0);
	assert_int_equal(page_alloc_init(&pa, &map, words, sizeof(words)),
			 ERR_NO_MEMORY);
	assert_int_equal(page_alloc_get(&pa, 1, 0), 0);
	memmap_add(&map, MIB, 2 * MIB, MEMMAP_RAM);
	assert_int_equal(page_alloc_bitmap_bytes(&map, MIB), 0);
	assert_int_equal(page_alloc_init(&pa, NULL, words, sizeof(words)),
			 ERR_INVALID);
	assert_int_equal(page_alloc_init(&pa, &map, NULL, sizeof(words)),
			 ERR_INVALID);
	assert_int_equal(page_alloc_init(&pa, &map, (u8 *)words + 4, 64),
			 ERR_INVALID);
	/* Half a word more is no use; the RAM beyond is counted. */
	assert_int_equal(page_alloc_init(&pa, &map, words, 8 * 5 + 4), 0);
	assert_int_equal(pa.total, 64);
	assert_int_equal(pa.left_out, 512 - 64);
}

#define MODEL_PAGES 2048 /* 8 MiB */

/* The lowest run of free pages, looked for the slow way. */
static u64 model_find(const u8 *free_pages, u64 pages, u64 limit)
{
	u64 run = 0;
	u64 i;

	for (i = 0; i < limit; i++) {
		run = free_pages[i] ? run + 1 : 0;
		if (run == pages) {
			return i + 1 - pages;
		}
	}
	return 0;
}

static void test_against_model(void **state)
{
	static u8 model[MODEL_PAGES];
	static struct {
		u64 page;
		u64 pages;
	} held[MODEL_PAGES];
	u64 count = 0;
	u64 free_pages = 0;
	u64 i;
	int step;

	(void)state;
	small_machine();
	for (i = 0; i < MODEL_PAGES; i++) {
		model[i] = i >= 256 &&
			   memmap_is_ram(&map, i * PAGE_SIZE, PAGE_SIZE);
		free_pages += model[i];
	}
	srand(2);
	for (step = 0; step < 20000; step++) {
		u64 pages = 1 + (u64)(rand() % (rand() % 4 == 0 ? 150 : 3));
		u64 limit = rand() % 4 == 0 ? (u64)(rand() % MODEL_PAGES + 1)
					    : MODEL_PAGES;
		u64 page;

		if (rand() % 5 < 2 && count > 0) {
			u64 which = (u64)rand() % count;

			page = held[which].page;
			pages = held[which].pages;
			held[which] = held[--count];
			assert_int_equal(page_alloc_put(&pa, page * PAGE_SIZE,
							pages),
					 0);
			memset(model + page, 1, pages);
			free_pages += pages;
		} else {
			page = page_alloc_get(&pa, pages, limit * PAGE_SIZE);
			page /= PAGE_SIZE;
			assert_int_equal(page, model_find(model, pages, limit));
			if (page != 0) {
				memset(model + page, 0, pages);
				held[count].page = page;
				held[count++].pages = pages;
				free_pages -= pages;
			}
		}
		assert_int_equal(pa.free, free_pages);
	}
	while (count-- > 0) {
		assert_int_equal(page_alloc_put(&pa,
						held[count].page * PAGE_SIZE,
						held[count].pages),
				 0);
	}
	assert_int_equal(pa.free, pa.total);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_take_and_next_free, teardown),
		cmocka_unit_test_teardown(test_small_machine_dry_and_back,
					  teardown),
		cmocka_unit_test_teardown(test_runs, teardown),
		cmocka_unit_test_teardown(test_below, teardown),
		cmocka_unit_test_teardown(test_bad_puts, teardown),
		cmocka_unit_test_teardown(test_sparse_tebibyte, teardown),
		cmocka_unit_test_teardown(test_limited, teardown),
		cmocka_unit_test_teardown(test_init_errors, teardown),
		cmocka_unit_test_teardown(test_against_model, teardown),
	};

	return cmocka_run_group_tests_name("page_alloc", tests, NULL, NULL);
}
