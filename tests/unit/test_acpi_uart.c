/* The tables SPCR and DBG2: sound, old, cut and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/acpi/acpi_uart.h"

static struct acpi_info info;

/* In a block of its exact size. */
static void read(void (*reader)(struct acpi_info *, const u8 *, u32),
		 const void *table, size_t bytes)
{
	u8 *copy = malloc(bytes);

	assert_non_null(copy);
	memcpy(copy, table, bytes);
	memset(&info, 0, sizeof(info));
	reader(&info, copy, (u32)bytes);
	free(copy);
}

static const struct acpi_spcr com2 = {
	.header.revision = 2,
	.base_address = { ACPI_SPACE_IO, 8, 0, 1, 0x2f8 },
	.baud_rate = 6,
	.pci_device_id = 0xffff,
	.pci_vendor = 0xffff,
};

static void test_ports(void **state)
{
	struct acpi_spcr spcr = com2;

	(void)state;
	read(acpi_spcr_read, &spcr, 80);
	assert_int_equal(info.problem_count, 0);
	assert_int_equal(info.uart_count, 1);
	assert_false(info.uart[0].in_memory);
	assert_false(info.uart[0].is_pci);
	assert_int_equal(info.uart[0].address, 0x2f8);
	assert_int_equal(info.uart[0].width, 1);
	assert_int_equal(info.uart[0].stride, 1);
	assert_int_equal(info.uart[0].baud, 57600);
	assert_int_equal(info.uart[0].clock_hz, 0);
	spcr.base_address.bit_width = 32;
	spcr.base_address.access_size = 3;
	read(acpi_spcr_read, &spcr, 80);
	assert_int_equal(info.uart[0].stride, 1);
	/* What is behind the end of an old table is not read. */
	spcr.clock_frequency = 48000000;
	spcr.precise_baud_rate = 1500000;
	read(acpi_spcr_read, &spcr, sizeof(spcr));
	assert_int_equal(info.uart[0].clock_hz, 0);
	spcr.header.revision = 4;
	read(acpi_spcr_read, &spcr, sizeof(spcr));
	assert_int_equal(info.uart[0].clock_hz, 48000000);
	assert_int_equal(info.uart[0].baud, 1500000);
	spcr.pci_vendor = 0x8086;
	spcr.pci_bus = 1;
	spcr.pci_device = 0x1e;
	spcr.pci_function = 3;
	read(acpi_spcr_read, &spcr, sizeof(spcr));
	assert_true(info.uart[0].is_pci);
	assert_int_equal(info.uart[0].pci_device, 0x1e);
	assert_int_equal(info.uart[0].pci_function, 3);
}

static void test_widths(void **state)
{
	static const struct {
		u8 bit_width, access_size, width, stride;
	} cases[] = {
		{ 8, 1, 1, 1 },	 { 8, 0, 1, 1 },     { 0, 0, 1, 1 },
		{ 32, 3, 4, 4 }, { 32, 1, 1, 4 },    { 32, 0, 4, 4 },
		{ 16, 2, 2, 2 }, { 16, 0, 2, 2 },    { 8, 3, 4, 4 },
		{ 64, 4, 4, 4 }, { 255, 255, 4, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct acpi_spcr spcr = com2;

		spcr.interface_type = 0x12;
		spcr.base_address =
			(struct acpi_gas){ ACPI_SPACE_MEMORY,
					   cases[i].bit_width, 0,
					   cases[i].access_size, 0xfe032000 };
		read(acpi_spcr_read, &spcr, 80);
		assert_int_equal(info.uart_count, 1);
		assert_true(info.uart[0].in_memory);
		assert_int_equal(info.uart[0].width, cases[i].width);
		assert_int_equal(info.uart[0].stride, cases[i].stride);
	}
}

static void test_refused(void **state)
{
	static const struct {
		u8 type;
		struct acpi_gas gas;
		const char *problem;
	} cases[] = {
		{ 3, { 1, 8, 0, 1, 0x3f8 }, "of type 3h, which is no 16550" },
		{ 0, { 1, 8, 0, 1, 0 }, "at 0h of space 1" },
		{ 0, { 1, 8, 0, 1, 0xffff }, "at ffffh of space 1" },
		{ 0, { 0, 8, 0, 1, 1ull << 52 }, "of space 0: ignored" },
		{ 0, { 2, 8, 0, 1, 0x3f8 }, "of space 2: ignored" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct acpi_spcr spcr = com2;

		spcr.interface_type = cases[i].type;
		spcr.base_address = cases[i].gas;
		read(acpi_spcr_read, &spcr, 80);
		assert_int_equal(info.uart_count, 0);
		assert_int_equal(info.problem_count, 1);
		assert_non_null(strstr(info.problem[0], cases[i].problem));
	}
	read(acpi_spcr_read, &com2, 75);
	assert_int_equal(info.uart_count, 0);
	assert_non_null(strstr(info.problem[0], "length 75 is too small"));
}

/* A DBG2 of two ports, each with one address behind its fields. */
struct two_ports {
	struct acpi_dbg2 dbg2;
	struct {
		struct acpi_dbg2_device device;
		struct acpi_gas gas;
		u32 bytes;
	} __attribute__((packed)) port[2];
} __attribute__((packed));

static struct two_ports two_ports(void)
{
	struct two_ports t = { .dbg2 = { .devices_offset = sizeof(t.dbg2),
					 .device_count = 2 } };

	for (u32 i = 0; i < 2; i++) {
		t.port[i].device = (struct acpi_dbg2_device){
			.length = sizeof(t.port[i]),
			.register_count = 1,
			.port_type = 0x8000,
			.port_subtype = i == 0 ? 0x12 : 0,
			.address_offset = sizeof(t.port[i].device),
		};
		t.port[i].gas = (struct acpi_gas){ ACPI_SPACE_MEMORY, 32, 0, 3,
						   0xfe032000 + i * 0x1000 };
	}
	return t;
}

static void test_dbg2(void **state)
{
	struct two_ports t = two_ports();

	(void)state;
	read(acpi_dbg2_read, &t, sizeof(t));
	assert_int_equal(info.problem_count, 0);
	assert_int_equal(info.uart_count, 2);
	assert_int_equal(info.uart[1].address, 0xfe033000);
	assert_int_equal(info.uart[1].stride, 4);
	/* The same once more is no other; a USB port is no UART. */
	t.port[1].gas = t.port[0].gas;
	read(acpi_dbg2_read, &t, sizeof(t));
	assert_int_equal(info.uart_count, 1);
	t.port[0].device.port_type = 0x8002;
	t.port[1].device.register_count = 0;
	read(acpi_dbg2_read, &t, sizeof(t));
	assert_int_equal(info.uart_count, 0);
	assert_int_equal(info.problem_count, 0);
}

static void test_dbg2_damage(void **state)
{
	struct two_ports t = two_ports();

	(void)state;
	for (size_t bytes = 0; bytes < sizeof(t); bytes++) {
		read(acpi_dbg2_read, &t, bytes);
		assert_true(info.uart_count < 2);
		assert_int_equal(info.problem_count, 1);
	}
	t.port[0].device.address_offset = (u16)(sizeof(t.port[0]) - 11);
	read(acpi_dbg2_read, &t, sizeof(t));
	assert_int_equal(info.uart_count, 1);
	t = two_ports();
	t.port[0].device.length = 0;
	read(acpi_dbg2_read, &t, sizeof(t));
	assert_int_equal(info.uart_count, 0);
	t = two_ports();
	t.dbg2.devices_offset = UINT32_MAX;
	read(acpi_dbg2_read, &t, sizeof(t));
	assert_int_equal(info.uart_count, 0);
	t = two_ports();
	t.dbg2.device_count = UINT32_MAX;
	read(acpi_dbg2_read, &t, sizeof(t));
	assert_int_equal(info.uart_count, 2);
	assert_int_equal(info.problem_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_dbg2),
		cmocka_unit_test(test_dbg2_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
