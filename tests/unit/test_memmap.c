/*
 * The memory map: overlaps case by case, and thousands of random entries
 * against a model that keeps one type for each address.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/mem/memmap.h"
#include "lib/error.h"

#define RAM MEMMAP_RAM
#define RES MEMMAP_RESERVED
#define KRN MEMMAP_KERNEL

static struct memmap map;

struct range {
	u64 base;
	u64 end;
	enum memmap_type type;
};

/* Up to four entries in, up to five regions out; an end of 0 ends a list. */
static const struct {
	const char *name;
	struct range in[4];
	struct range out[5];
} overlaps[] = {
	{ "apart",
	  { { 5, 7, RAM }, { 1, 3, RES } },
	  { { 1, 3, RES }, { 5, 7, RAM } } },
	{ "touching, same type",
	  { { 1, 3, RAM }, { 3, 7, RAM } },
	  { { 1, 7, RAM } } },
	{ "touching, other type",
	  { { 1, 3, RAM }, { 3, 7, RES } },
	  { { 1, 3, RAM }, { 3, 7, RES } } },
	{ "closing a gap",
	  { { 1, 3, RAM }, { 5, 7, RAM }, { 3, 5, RAM } },
	  { { 1, 7, RAM } } },
	{ "worse one inside",
	  { { 1, 9, RAM }, { 4, 6, RES } },
	  { { 1, 4, RAM }, { 4, 6, RES }, { 6, 9, RAM } } },
	{ "better one inside",
	  { { 1, 9, RES }, { 4, 6, RAM } },
	  { { 1, 9, RES } } },
	{ "worse one around",
	  { { 4, 6, RAM }, { 1, 9, RES } },
	  { { 1, 9, RES } } },
	{ "better one around",
	  { { 4, 6, RES }, { 1, 9, RAM } },
	  { { 1, 4, RAM }, { 4, 6, RES }, { 6, 9, RAM } } },
	{ "worse one at the start",
	  { { 4, 9, RAM }, { 1, 6, RES } },
	  { { 1, 6, RES }, { 6, 9, RAM } } },
	{ "worse one at the end",
	  { { 1, 6, RAM }, { 4, 9, RES } },
	  { { 1, 4, RAM }, { 4, 9, RES } } },
	{ "better one at the start",
	  { { 4, 9, RES }, { 1, 6, RAM } },
	  { { 1, 4, RAM }, { 4, 9, RES } } },
	{ "better one at the end",
	  { { 1, 6, RES }, { 4, 9, RAM } },
	  { { 1, 6, RES }, { 6, 9, RAM } } },
	{ "same range, worse later",
	  { { 1, 9, RAM }, { 1, 9, RES } },
	  { { 1, 9, RES } } },
	{ "same range, better later",
	  { { 1, 9, RES }, { 1, 9, RAM } },
	  { { 1, 9, RES } } },
	{ "same start",
	  { { 1, 9, RAM }, { 1, 4, KRN } },
	  { { 1, 4, KRN }, { 4, 9, RAM } } },
	{ "same end",
	  { { 1, 9, RAM }, { 4, 9, KRN } },
	  { { 1, 4, RAM }, { 4, 9, KRN } } },
	{ "across two and a gap",
	  { { 1, 4, RAM }, { 6, 9, RAM }, { 3, 7, RES } },
	  { { 1, 3, RAM }, { 3, 7, RES }, { 7, 9, RAM } } },
	{ "ours gives way to the firmware's",
	  { { 1, 9, RAM }, { 2, 6, KRN }, { 4, 8, RES } },
	  { { 1, 2, RAM }, { 2, 4, KRN }, { 4, 8, RES }, { 8, 9, RAM } } },
	{ "RAM after ours",
	  { { 2, 4, KRN }, { 1, 9, RAM } },
	  { { 1, 2, RAM }, { 2, 4, KRN }, { 4, 9, RAM } } },
};

static void check_sorted(void)
{
	u32 i;

	assert_true(map.count <= MEMMAP_MAX_REGIONS);
	for (i = 0; i < map.count; i++) {
		assert_true(map.region[i].base < map.region[i].end);
		if (i > 0) {
			const struct memmap_region *last = &map.region[i - 1];

			assert_true(last->end <= map.region[i].base);
			assert_false(last->end == map.region[i].base &&
				     last->type == map.region[i].type);
		}
	}
}

static void test_overlaps(void **state)
{
	size_t i;
	u32 n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(overlaps); i++) {
		const struct range *r;

		memmap_init(&map);
		for (n = 0; n < 4 && overlaps[i].in[n].end != 0; n++) {
			r = &overlaps[i].in[n];
			assert_int_equal(memmap_add(&map, r->base,
						    r->end - r->base, r->type),
					 0);
		}
		for (n = 0; n < 5 && overlaps[i].out[n].end != 0; n++) {
			r = &overlaps[i].out[n];
			if (n >= map.count || map.region[n].base != r->base ||
			    map.region[n].end != r->end ||
			    map.region[n].type != r->type) {
				fail_msg("%s: region %u", overlaps[i].name, n);
			}
		}
		if (map.count != n) {
			fail_msg("%s: %u regions", overlaps[i].name, map.count);
		}
	}
}

#define MODEL_SIZE 96
#define HOLE (-1)

static void compare(const int *model)
{
	u64 ram = 0;
	u64 i;

	check_sorted();
	for (i = 0; i < MODEL_SIZE; i++) {
		const struct memmap_region *r =
			memmap_find(&map, i * PAGE_SIZE);

		assert_int_equal(r == NULL ? HOLE : (int)r->type, model[i]);
		assert_int_equal(memmap_is_ram(&map, i * PAGE_SIZE, PAGE_SIZE),
				 model[i] == RAM);
		ram += model[i] == RAM ? PAGE_SIZE : 0;
	}
	assert_int_equal(memmap_usable_bytes(&map), ram);
}

static void test_against_model(void **state)
{
	int model[MODEL_SIZE];
	int round;
	int i;

	(void)state;
	srand(1);
	for (round = 0; round < 300; round++) {
		memmap_init(&map);
		for (i = 0; i < MODEL_SIZE; i++) {
			model[i] = HOLE;
		}
		for (i = 0; i < 30; i++) {
			u32 base = (u32)rand() % MODEL_SIZE;
			u32 end = base + 1 + (u32)rand() % (MODEL_SIZE - base);
			int type = rand() % MEMMAP_TYPES;

			if (rand() % 2 == 0) {
				end = MIN(end, base + 4);
			}
			assert_int_equal(memmap_add(&map, base * PAGE_SIZE,
						    (end - base) * PAGE_SIZE,
						    (enum memmap_type)type),
					 0);
			for (; base < end; base++) {
				model[base] = MAX(model[base], type);
			}
			compare(model);
		}
	}
}

static void test_rejected(void **state)
{
	static const struct {
		u64 base;
		u64 length;
		int type;
		int error;
	} cases[] = {
		{ 0x1000, 0, RAM, ERR_INVALID },
		{ 0x1000, 1, MEMMAP_TYPES, ERR_INVALID },
		{ 0x1000, 1, -1, ERR_INVALID },
		{ ~0ull, 2, RAM, ERR_RANGE },
		{ 0x1000, ~0ull, RAM, ERR_RANGE },
		{ ~0ull - 0xfff, 0x1000, RES, ERR_RANGE },
	};
	struct memmap before;
	size_t i;

	(void)state;
	memmap_init(&map);
	assert_int_equal(memmap_add(&map, 0, 0x10000, RAM), 0);
	before = map;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(memmap_add(&map, cases[i].base,
					    cases[i].length,
					    (enum memmap_type)cases[i].type),
				 cases[i].error);
	}
	assert_int_equal(memmap_reserve(&map, 0, 0x1000, RAM), ERR_INVALID);
	assert_memory_equal(&map, &before, sizeof(map));
	assert_int_equal(memmap_reserve(&map, 0, 0x1000, KRN), 0);
	assert_int_equal(map.count, 2);
}

static void test_full(void **state)
{
	struct memmap before;
	u64 i;

	(void)state;
	memmap_init(&map);
	for (i = 0; i < MEMMAP_MAX_REGIONS; i++) {
		assert_int_equal(memmap_add(&map, i * 16, 8, RAM), 0);
	}
	before = map;
	assert_int_equal(memmap_add(&map, i * 16, 8, RAM), ERR_FULL);
	assert_int_equal(memmap_add(&map, 2, 2, RES), ERR_FULL);
	assert_int_equal(memmap_add(&map, 8, 8, RES), ERR_FULL);
	/* For the moment this takes one more, though fewer in the end. */
	assert_int_equal(memmap_add(&map, 0, 24, RES), ERR_FULL);
	assert_memory_equal(&map, &before, sizeof(map));
	/* What takes no room still goes in. */
	assert_int_equal(memmap_add(&map, 16, 8, RES), 0);
	assert_int_equal(map.region[1].type, RES);
	assert_int_equal(map.count, MEMMAP_MAX_REGIONS);
}

static void test_large_machine(void **state)
{
	/* The last first: 20 GiB of RAM each, some of it the firmware's. */
	const u64 step = 6144 * GIB / 300;
	const u64 hole = 64 * KIB;
	static struct memmap m;
	u32 cursor = 0, runs = 0;
	u64 base, end, last = 0;

	(void)state;
	memmap_init(&m);
	for (u64 i = 300; i-- > 0;) {
		assert_int_equal(memmap_add(&m, ALIGN_DOWN(i * step, PAGE_SIZE),
					    step - hole, RAM),
				 0);
		assert_int_equal(memmap_add(&m, ALIGN_DOWN(i * step, PAGE_SIZE),
					    hole, i % 2 != 0 ? RES : RAM),
				 0);
	}
	while (memmap_next_ram(&m, &cursor, &base, &end)) {
		assert_true(base >= last);
		last = end;
		runs++;
	}
	assert_int_equal(runs, 300);
	assert_in_range(last, 6144 * GIB - 2 * hole, 6144 * GIB);
	assert_in_range(memmap_usable_bytes(&m),
			6144 * GIB - 300 * (2 * hole + PAGE_SIZE),
			6144 * GIB - 300 * hole);
	assert_int_equal(memmap_find(&m, 5000 * GIB)->type, RAM);
}

static void test_rounding_inwards(void **state)
{
	u64 base;
	u64 end;
	u32 cursor = 0;

	(void)state;
	memmap_init(&map);
	memmap_add(&map, 0x1001, 0x3000, RAM); /* 2000..4000 */
	memmap_add(&map, 0x5800, 0x1000, RAM); /* no whole page */
	memmap_add(&map, 0x8000, 0x800, RAM);  /* nor here */
	memmap_add(&map, 0x9fc00, 0x400, RES);
	memmap_add(&map, 0x9f000, 0x1000, RAM);	     /* cut by the EBDA */
	memmap_add(&map, 0x100000, 0x2000, RAM);     /* as it is */
	memmap_add(&map, ~0ull - 0x800, 0x100, RAM); /* in the last page */
	assert_true(memmap_next_ram(&map, &cursor, &base, &end));
	assert_int_equal(base, 0x2000);
	assert_int_equal(end, 0x4000);
	assert_true(memmap_next_ram(&map, &cursor, &base, &end));
	assert_int_equal(base, 0x100000);
	assert_int_equal(end, 0x102000);
	assert_false(memmap_next_ram(&map, &cursor, &base, &end));
	assert_int_equal(memmap_usable_bytes(&map), 0x4000);
}

static void test_is_ram(void **state)
{
	(void)state;
	memmap_init(&map);
	assert_false(memmap_is_ram(&map, 0, 1));
	assert_null(memmap_find(&map, 0));
	memmap_add(&map, 0x1000, 0x1000, RAM);
	memmap_add(&map, 0x2000, 0x1000, RAM);
	memmap_reserve(&map, 0x4000, 0x1000, KRN);
	assert_true(memmap_is_ram(&map, 0x1000, 0x2000));
	assert_true(memmap_is_ram(&map, 0x2fff, 1));
	assert_false(memmap_is_ram(&map, 0xfff, 2));
	assert_false(memmap_is_ram(&map, 0x2fff, 2));
	assert_false(memmap_is_ram(&map, 0x1000, 0));
	assert_false(memmap_is_ram(&map, 0x1000, ~0ull));
	assert_false(memmap_is_ram(&map, 0x4000, 1));
	assert_null(memmap_find(&map, 0xfff));
	assert_null(memmap_find(&map, 0x3000));
	assert_int_equal(memmap_find(&map, 0x4fff)->type, KRN);
}

static void test_names_and_e820(void **state)
{
	static const enum memmap_type e820[] = {
		RES,	    RAM, RES, MEMMAP_ACPI_RECLAIM, MEMMAP_ACPI_NVS,
		MEMMAP_BAD, RES,
	};
	u32 i;
	u32 j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(e820); i++) {
		assert_int_equal(memmap_type_from_e820(i), e820[i]);
	}
	assert_int_equal(memmap_type_from_e820(0xffffffff), RES);
	for (i = 0; i < MEMMAP_TYPES; i++) {
		for (j = 0; j < i; j++) {
			assert_string_not_equal(
				memmap_type_name((enum memmap_type)i),
				memmap_type_name((enum memmap_type)j));
		}
	}
	assert_string_equal(memmap_type_name(MEMMAP_TYPES), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_rejected),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_large_machine),
		cmocka_unit_test(test_rounding_inwards),
		cmocka_unit_test(test_is_ram),
		cmocka_unit_test(test_names_and_e820),
	};

	return cmocka_run_group_tests_name("memmap", tests, NULL, NULL);
}
