/* The machine's page allocator, in physical memory that is a block of the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/fake_memory.h"

#include "arch/mem/pages.c"

#define MEMORY_BYTES (8 * MIB)

void panic(const char *fmt, ...)
{
	/* To the end of the test, and it has not failed. */
	(void)fmt;
	mock_assert(0, "panic", __FILE__, __LINE__);
	abort();
}

static struct memmap map;

/* RAM from `base` on, as one region; most PCs have two. */
static void start(u64 base, bool hole)
{
	test_memory = aligned_alloc(PAGE_SIZE, MEMORY_BYTES);
	assert_non_null(test_memory);
	memset(test_memory, 0xa5, MEMORY_BYTES);
	memset(&allocator, 0, sizeof(allocator));
	watched = false;
	memmap_init(&map);
	memmap_add(&map, base, MEMORY_BYTES - base, MEMMAP_RAM);
	if (hole) {
		memmap_add(&map, 0xa0000, MIB - 0xa0000, MEMMAP_RESERVED);
	}
}

static int teardown(void **state)
{
	(void)state;
	free(test_memory);
	test_memory = NULL;
	return 0;
}

/* Wherever the RAM begins, the bitmap is above 1 MiB, and half of the rest. */
static void test_init(void **state)
{
	static const struct {
		u64 base;
		bool hole;
	} maps[] = { { 0, true }, { 0, false }, { 2 * MIB, false } };

	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		u64 lowest = MAX(maps[i].base, MIB);

		start(maps[i].base, maps[i].hole);
		assert_int_equal(pages_init(&map), 0);
		assert_in_range(pages_end(), lowest + 1, MEMORY_BYTES);
		assert_false(memmap_is_ram(&map, lowest, PAGE_SIZE));
		assert_true(memmap_is_ram(&map, lowest + PAGE_SIZE, PAGE_SIZE));
		assert_int_equal(pages_free_count(), pages_total_count());
		teardown(state);
	}
}

static void test_no_room(void **state)
{
	(void)state;
	start(0, true);
	memmap_init(&map);
	memmap_add(&map, 0, 0xa0000, MEMMAP_RAM);
	assert_int_equal(pages_init(&map), ERR_NO_MEMORY);
}

/* What comes is clear, also what somebody has had; marked in between. */
static void test_pages_are_clear(void **state)
{
	static const u8 zeros[2 * PAGE_SIZE];
	u64 count;
	u8 *pages;

	(void)state;
	start(0, true);
	assert_int_equal(pages_init(&map), 0);
	pages_watch();
	count = pages_free_count();
	pages = pages_get(2);
	assert_non_null(pages);
	assert_int_equal(pages_free_count(), count - 2);
	assert_memory_equal(pages, zeros, sizeof(zeros));
	memset(pages, 0x5a, sizeof(zeros));
	pages_put(pages, 2);
	assert_int_equal(pages_free_count(), count);
	assert_int_equal(page_poison_find(pages + PAGE_SIZE, 16), 16);
	assert_ptr_equal(pages_get(2), pages);
	assert_memory_equal(pages, zeros, sizeof(zeros));
	assert_null(pages_get(count));
	assert_int_equal(pages_free_count(), count - 2);
}

static void test_misuse(void **state)
{
	u8 *page;

	(void)state;
	start(0, true);
	assert_int_equal(pages_init(&map), 0);
	pages_watch();
	page = pages_get(1);
	pages_put(page, 1);
	expect_assert_failure(pages_put(page, 1));
	expect_assert_failure(
		pages_put(test_memory + MEMORY_BYTES - PAGE_SIZE, 1));
	/* Written to while nobody has it. */
	page[8] = 1;
	expect_assert_failure(pages_get(1));
}

/* What is kept is nobody's: each page that a byte of it is in. */
static void test_keep(void **state)
{
	u64 count;
	u64 first;

	(void)state;
	start(0, true);
	assert_int_equal(pages_init(&map), 0);
	count = pages_free_count();
	first = page_alloc_next_free(&allocator, 2 * MIB);
	pages_keep(first + 1, PAGE_SIZE);
	assert_int_equal(pages_free_count(), count - 2);
	assert_int_equal(page_alloc_next_free(&allocator, first),
			 first + 2 * PAGE_SIZE);
	pages_keep(first, 2 * PAGE_SIZE);
	assert_int_equal(pages_free_count(), count - 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),
		cmocka_unit_test_teardown(test_no_room, teardown),
		cmocka_unit_test_teardown(test_pages_are_clear, teardown),
		cmocka_unit_test_teardown(test_misuse, teardown),
		cmocka_unit_test_teardown(test_keep, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
