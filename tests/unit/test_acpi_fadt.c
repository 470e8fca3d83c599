/* The FADT of a hardware-reduced machine; test_acpi.c has those of PCs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arch/acpi/acpi_fadt.h"

static struct acpi_info info;

/* As a firmware leaves the ports' fields that nobody reads. */
static const struct acpi_fadt reduced = {
	.header.revision = 5,
	.smi_cmd = 0xb2,
	.pm1a_cnt_blk = 0xb004,
	.pm_tmr_blk = 0xb008,
	.pm_tmr_len = 4,
	.flags = ACPI_FADT_HW_REDUCED_ACPI | ACPI_FADT_RESET_REG_SUP,
	.reset_reg = { ACPI_SPACE_MEMORY, 8, 0, 1, 0xfea00001 },
	.reset_value = 0x42,
};

static void test_hardware_reduced(void **state)
{
	static const struct {
		struct acpi_gas sleep;
		u64 address;
		u32 problems;
	} cases[] = {
		{ { ACPI_SPACE_MEMORY, 8, 0, 1, 0xfea00000 }, 0xfea00000, 0 },
		{ { ACPI_SPACE_IO, 8, 0, 1, 0x604 }, 0x604, 0 },
		{ { 0, 0, 0, 0, 0 }, 0, 0 },
		{ { 0x7f, 8, 0, 1, 0x604 }, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct acpi_fadt fadt = reduced;

		fadt.sleep_control_reg = cases[i].sleep;
		info = (struct acpi_info){ 0 };
		acpi_fadt_read(&info, &fadt);
		assert_true(info.fadt_present);
		assert_true(info.hardware_reduced);
		assert_int_equal(info.problem_count, cases[i].problems);
		assert_int_equal(info.sleep_control.address, cases[i].address);
		assert_int_equal(info.pm_timer_port, 0);
		assert_int_equal(info.pm1a_control_port, 0);
		assert_int_equal(info.smi_command_port, 0);
		assert_true(info.reset_supported);
		assert_int_equal(info.reset_reg.address, 0xfea00001);
	}
}

static void test_not_reduced(void **state)
{
	struct acpi_fadt fadt = reduced;

	(void)state;
	fadt.flags = 0;
	fadt.sleep_control_reg = reduced.reset_reg;
	info = (struct acpi_info){ 0 };
	acpi_fadt_read(&info, &fadt);
	assert_false(info.hardware_reduced);
	assert_int_equal(info.sleep_control.address, 0);
	assert_int_equal(info.pm_timer_port, 0xb008);
	assert_int_equal(info.pm1a_control_port, 0xb004);
	assert_false(info.reset_supported);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hardware_reduced),
		cmocka_unit_test(test_not_reduced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
