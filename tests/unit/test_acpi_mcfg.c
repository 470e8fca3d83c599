/* The entries of the MCFG, sound and not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/acpi/acpi_mcfg.h"
#include "lib/string.h"

static struct acpi_info info;

/* Reads a table of these entries in a block of its exact size. */
static void read(const struct acpi_mcfg_entry *entries, size_t count,
		 size_t more)
{
	size_t bytes = sizeof(struct acpi_mcfg_table) +
		       count * sizeof(*entries) + more;
	u8 *table = calloc(1, bytes);

	assert_non_null(table);
	memcpy(table + sizeof(struct acpi_mcfg_table), entries,
	       count * sizeof(*entries));
	memset(&info, 0, sizeof(info));
	acpi_mcfg_read(&info, table, (u32)bytes);
	free(table);
}

static void test_sound(void **state)
{
	static const struct acpi_mcfg_entry entries[] = {
		{ 0xe0000000, 0, 0, 255, 0 },
		{ 0x7f00000000, 1, 16, 31, 0 },
	};

	(void)state;
	read(entries, 2, 0);
	assert_int_equal(info.problem_count, 0);
	assert_int_equal(info.mcfg_count, 2);
	assert_int_equal(info.mcfg[0].base, 0xe0000000);
	assert_int_equal(info.mcfg[0].last_bus, 255);
	assert_int_equal(info.mcfg[1].segment, 1);
	assert_int_equal(info.mcfg[1].first_bus, 16);
	read(entries, 0, 0);
	assert_int_equal(info.problem_count, 0);
	assert_int_equal(info.mcfg_count, 0);
}

static void test_damage(void **state)
{
	static const struct acpi_mcfg_entry entries[] = {
		{ 0, 0, 0, 255, 0 },
		{ 0xe0000001, 0, 0, 255, 0 },
		{ 0xfffffffffff00000, 0, 0, 255, 0 },
		{ 0xe0000000, 0, 2, 1, 0 },
		{ 0xe0000000, 7, 1, 1, 0 },
	};

	(void)state;
	read(entries, 5, 0);
	assert_int_equal(info.problem_count, 4);
	assert_int_equal(info.mcfg_count, 1);
	assert_int_equal(info.mcfg[0].segment, 7);
	assert_non_null(strstr(info.problem[0], "its address is of no use"));
	assert_non_null(strstr(info.problem[3], "it ends before it starts"));
}

static void test_lengths(void **state)
{
	static const struct acpi_mcfg_entry entry = { 0xe0000000, 0, 0, 9, 0 };
	struct acpi_mcfg_entry many[ACPI_MAX_MCFG + 3];

	(void)state;
	for (size_t more = 1; more < sizeof(entry); more++) {
		read(&entry, 1, more);
		assert_int_equal(info.mcfg_count, 1);
		assert_int_equal(info.problem_count, 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		many[i] = entry;
	}
	read(many, ARRAY_SIZE(many), 0);
	assert_int_equal(info.mcfg_count, ACPI_MAX_MCFG);
	assert_int_equal(info.mcfg_left_out, 3);
	/* A header that is cut. */
	memset(&info, 0, sizeof(info));
	acpi_mcfg_read(&info, (const u8 *)many, sizeof(struct acpi_header));
	assert_int_equal(info.mcfg_count, 0);
	assert_int_equal(info.problem_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
