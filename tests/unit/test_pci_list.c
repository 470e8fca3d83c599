/* The list of PCI functions that were found, and what is looked for in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arch/acpi/acpi_info.h"
#include "arch/pci/pci.c"

/* Each function of slot 0 to 2 on the first bus of a segment that is reached. */
static u16 command;
static bool reached[2]; /* by a table, segment 0 and 1 */

static u32 config_read(void *context, struct pci_function function, u32 at,
		       u8 bytes)
{
	bool there = function.bus == 0 && function.device < 3 &&
		     function.function == 0 && function.segment < 2;

	(void)context;
	if (!there) {
		return UINT32_MAX >> (32 - 8 * bytes);
	}
	switch (at) {
	case 0:
		return 0x1234 + function.segment;
	case 4:
		return command;
	case 8:
		/* A revision, and class codes 010000h, 020000h and 020000h. */
		return function.device == 0 ? 0x01000001 : 0x02000001;
	default:
		return 0;
	}
}

static void config_write(void *context, struct pci_function function, u32 at,
			 u8 bytes, u32 value)
{
	(void)context;
	assert_int_equal(function.device, 1);
	assert_int_equal(at, 4);
	assert_int_equal(bytes, 2);
	command = (u16)value;
}

const struct pci_space pci_config = { .read = config_read,
				      .write = config_write };

bool pci_config_reaches(u16 segment, u8 bus)
{
	return bus == 0 && reached[segment];
}

void pci_config_use_memory(const struct acpi_info *acpi)
{
	(void)acpi;
}

bool paging_reach(u64 phys, u64 bytes)
{
	(void)phys;
	(void)bytes;
	return false;
}

void log_warn(const char *fmt, ...)
{
	fail_msg("%s", fmt);
}

static struct acpi_info acpi;

static void start(bool first, bool second)
{
	acpi.mcfg_count = 2;
	acpi.mcfg[0] = (struct acpi_mcfg){ .segment = 0, .last_bus = 1 };
	acpi.mcfg[1] = (struct acpi_mcfg){ .segment = 1, .last_bus = 1 };
	reached[0] = first;
	reached[1] = second;
	pci_use_acpi(&acpi);
}

/* By ports where no table leads there, and each segment once. */
static void test_devices(void **state)
{
	(void)state;
	for (u32 i = 0; i < 4; i++) {
		const struct pci_list *all;

		start(i & 1, i & 2);
		all = pci_devices();
		assert_int_equal(all->count, i & 2 ? 6 : 3);
		assert_ptr_equal(pci_devices(), all);
		assert_int_equal(all->count, i & 2 ? 6 : 3);
		assert_int_equal(all->device[0].at.segment, 0);
		assert_int_equal(all->device[all->count - 1].at.segment,
				 i & 2 ? 1 : 0);
	}
}

static void test_find_class(void **state)
{
	const struct pci_device *one, *two;

	(void)state;
	start(true, false);
	one = pci_find_class(0x020000, 0xffff00, NULL);
	assert_non_null(one);
	assert_int_equal(one->at.device, 1);
	two = pci_find_class(0x020000, 0xffff00, one);
	assert_ptr_equal(two, one + 1);
	assert_null(pci_find_class(0x020000, 0xffff00, two));
	assert_null(pci_find_class(0x030000, 0xffff00, NULL));
	/* Behind the last one there is nothing, whatever was there once. */
	list.device[3].class_code = 0x040000;
	assert_null(pci_find_class(0x040000, 0xffff00, NULL));
	assert_int_equal(pci_find_class(0x010000, 0xff0000, NULL)->at.device,
			 0);
}

static void test_enable(void **state)
{
	(void)state;
	start(true, false);
	command = 0x0140;
	pci_enable(pci_find_class(0x020000, 0xffff00, NULL), 0x0006);
	assert_int_equal(command, 0x0146);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_find_class),
		cmocka_unit_test(test_enable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
