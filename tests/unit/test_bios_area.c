/* What is found and kept of a BIOS's data, in low memory of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/fake_memory.h"

#include "guest/memory/bios_area.c"

static u8 low[MIB];
static void *pages[2]; /* handed out */
static size_t page_counts[2];
static u32 gets, most_gets;
static struct bootinfo boot;

const struct bootinfo *machine_bootinfo(void)
{
	return &boot;
}

void *pages_get(size_t count)
{
	if (gets == most_gets) {
		return NULL;
	}
	assert_in_range(count, 1, 32);
	page_counts[gets] = count;
	pages[gets] = malloc(count * PAGE_SIZE);
	return pages[gets++];
}

void log_detail(const char *fmt, ...)
{
	(void)fmt;
}

void log_warn(const char *fmt, ...)
{
	(void)fmt;
}

static void put16(u32 at, u32 value)
{
	low[at] = (u8)value;
	low[at + 1] = (u8)(value >> 8);
}

/* A BIOS whose EBDA is at a segment, and which leaves so much base memory. */
static void start(u32 ebda_segment, u32 kib)
{
	for (u32 i = 0; i < ARRAY_SIZE(low); i++) {
		low[i] = (u8)(i >> PAGE_SHIFT);
	}
	low[0xffff0] = 0xea;
	put16(0x42, 0xc000);
	put16(0x46, 0xf000);
	put16(0x40e, ebda_segment);
	put16(0x413, kib);
	test_memory = low;
	gets = 0;
	most_gets = 2;
	present = false;
	first_page = NULL;
	ebda_copy = NULL;
	ebda_first_page = LOW_PAGES;
	bios_area_init();
}

static int teardown(void **state)
{
	(void)state;
	while (gets > 0) {
		free(pages[--gets]);
	}
	return 0;
}

/* Those pages from `first` on are kept as they were, and page 0. */
static void check_kept(u32 first)
{
	memset(low, 0xff, sizeof(low));
	assert_true(bios_area_present());
	for (u32 page = 0; page < 256; page++) {
		const u8 *kept = bios_area_page(page);

		if (page != 0 && (page < first || page >= 0xa0)) {
			assert_null(kept);
			continue;
		}
		assert_non_null(kept);
		assert_int_equal(kept[0x123], page);
		assert_int_equal(kept[PAGE_SIZE - 1], page);
	}
	teardown(NULL);
}

static void test_ebda(void **state)
{
	(void)state;
	start(0x9fc0, 639);
	check_kept(0x9f);
	start(0x9d80, 630);
	check_kept(0x9d);
	/* As much as there can be. */
	start(0x8000, 512);
	assert_int_equal(page_counts[1], 32);
	check_kept(0x80);
	/* It begins where base memory ends, whatever its segment says. */
	start(0x9fc0, 636);
	check_kept(0x9f);
	start(0x9fc0, 632);
	check_kept(0x9e);
	start(0x0000, 632);
	check_kept(0x9e);
	start(0x9000, 640);
	check_kept(0x90);
	/* None, or where none can be. */
	start(0x0000, 640);
	check_kept(0xa0);
	start(0xa000, 640);
	check_kept(0xa0);
	start(0x7fff, 511);
	check_kept(0xa0);
}

static void test_values(void **state)
{
	(void)state;
	start(0x9fc0, 639);
	assert_int_equal(bios_area_read16(0x413), 639);
	assert_int_equal(bios_area_read16(0x40e), 0x9fc0);
	assert_int_equal(bios_area_read8(0x40f), 0x9f);
	low[0x46c] = 0x34;
	low[0x46d] = 0x12;
	assert_int_equal(bios_area_read16(0x46c), 0x1234);
	teardown(NULL);
}

static void check_none(const char *why)
{
	present = true;
	gets = 0;
	bios_area_init();
	assert_false(bios_area_present());
	if (strstr(bios_area_why_not(), why) == NULL) {
		fail_msg("%s", bios_area_why_not());
	}
	teardown(NULL);
}

static void test_no_bios(void **state)
{
	(void)state;
	start(0x9fc0, 639);
	teardown(NULL);
	most_gets = 0;
	check_none("no memory");
	most_gets = 2;
	low[0xffff0] = 0xff;
	check_none("no jump");
	boot.efi.system_table = 0x1000;
	check_none("UEFI");
	boot.efi.system_table = 0;
	/* A near jump does as well, but both vectors must be there. */
	low[0xffff0] = 0xe9;
	memset(low + 0x40, 0, 4);
	check_none("vectors");
	low[0x43] = 0xc0;
	memset(low + 0x44, 0, 4);
	check_none("vectors");
	low[0x44] = 1;
	bios_area_init();
	assert_true(bios_area_present());
	teardown(NULL);
	/* Of the two parts the first is enough. */
	gets = 0;
	most_gets = 1;
	put16(0x40e, 0x9fc0);
	put16(0x413, 639);
	bios_area_init();
	assert_true(bios_area_present());
	assert_null(bios_area_page(0x9f));
	teardown(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_ebda, teardown),
		cmocka_unit_test_teardown(test_values, teardown),
		cmocka_unit_test_teardown(test_no_bios, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
