/*
 * USB descriptors: those of a keyboard with a pointing device beside it and of
 * two hubs, what is cut or wrong, and every byte of each changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/usb/usb_descriptors.h"
#include "lib/error.h"

/* clang-format off */
static const u8 device[] = {
	18, 1, 0x00, 0x02, 0, 0, 0, 8, 0x6d, 0x04, 0x1c, 0xc3, 0x00, 0x64, 1, 2, 0, 1,
};
static const u8 keyboard[] = {
	9, 2, 59, 0, 2, 3, 0, 0xa0, 49,
	9, 4, 0, 0, 1, 3, 1, 1, 0,		/* boot keyboard */
	9, 0x21, 0x10, 0x01, 0, 1, 0x22, 65, 0,	/* HID */
	7, 5, 0x81, 3, 8, 0, 10,
	9, 4, 1, 0, 1, 3, 1, 2, 0,		/* boot mouse */
	9, 0x21, 0x10, 0x01, 0, 1, 0x22, 83, 0,
	7, 5, 0x82, 3, 4, 0, 10,
};
/* A second setting with a transaction translator for each port. */
static const u8 hub[] = {
	9, 2, 41, 0, 1, 1, 0, 0xe0, 1,
	9, 4, 0, 0, 1, 9, 0, 1, 0,
	7, 5, 0x81, 3, 1, 0, 12,
	9, 4, 0, 1, 1, 9, 0, 2, 0,
	7, 5, 0x81, 3, 1, 0, 0,
};
static const u8 hub_ports[] = { 9, 0x29, 4, 0xe9, 0x00, 50, 100, 0, 0xff };
/* clang-format on */

static struct usb_function function;

/* On a block of its exact size. */
static int read(const u8 *bytes, size_t count)
{
	u8 *copy = malloc(count == 0 ? 1 : count);
	int err;

	memcpy(copy, bytes, count);
	err = usb_read_configuration(copy, count, &function);
	free(copy);
	assert_true(err == 0 || err == ERR_CORRUPT);
	if (function.kind != USB_OTHER) {
		assert_in_range(function.endpoint, 1, 15);
		assert_in_range(function.max_packet, 1, 1024);
		assert_int_not_equal(function.interval, 0);
	}
	return err;
}

static void test_device(void **state)
{
	struct usb_device_info info;
	u8 copy[sizeof(device)];

	(void)state;
	assert_int_equal(usb_read_device(device, sizeof(device), &info), 0);
	assert_int_equal(info.vendor, 0x046d);
	assert_int_equal(info.product, 0xc31c);
	assert_int_equal(info.max_packet, 8);
	assert_int_equal(usb_read_device(device, sizeof(device) - 1, &info),
			 ERR_CORRUPT);
	for (unsigned size = 0; size < 256; size++) {
		bool sound =
			size == 8 || size == 16 || size == 32 || size == 64;

		memcpy(copy, device, sizeof(copy));
		copy[7] = (u8)size;
		assert_int_equal(usb_read_device(copy, sizeof(copy), &info),
				 sound ? 0 : ERR_CORRUPT);
	}
	memcpy(copy, device, sizeof(copy));
	copy[0] = 17;
	assert_int_equal(usb_read_device(copy, sizeof(copy), &info),
			 ERR_CORRUPT);
	copy[0] = 18;
	copy[1] = 2;
	assert_int_equal(usb_read_device(copy, sizeof(copy), &info),
			 ERR_CORRUPT);
}

static void test_keyboard(void **state)
{
	u8 copy[sizeof(keyboard)];

	(void)state;
	assert_int_equal(read(keyboard, sizeof(keyboard)), 0);
	assert_int_equal(function.kind, USB_KEYBOARD);
	assert_int_equal(function.configuration, 3);
	assert_int_equal(function.interface, 0);
	assert_int_equal(function.endpoint, 1);
	assert_int_equal(function.max_packet, 8);
	assert_int_equal(function.interval, 10);
	/* The mouse first, and the keyboard as the second interface. */
	memcpy(copy, keyboard, sizeof(copy));
	copy[16] = 2;
	copy[41] = 1;
	assert_int_equal(read(copy, sizeof(copy)), 0);
	assert_int_equal(function.kind, USB_KEYBOARD);
	assert_int_equal(function.interface, 1);
	assert_int_equal(function.endpoint, 2);
	/* Neither is one. */
	copy[41] = 2;
	assert_int_equal(read(copy, sizeof(copy)), 0);
	assert_int_equal(function.kind, USB_OTHER);
}

static void test_hub(void **state)
{
	struct usb_hub_info info;
	u8 copy[sizeof(hub_ports)];

	(void)state;
	assert_int_equal(read(hub, sizeof(hub)), 0);
	assert_int_equal(function.kind, USB_HUB);
	assert_int_equal(function.interval, 12);
	assert_int_equal(usb_read_hub(hub_ports, sizeof(hub_ports), &info), 0);
	assert_int_equal(info.ports, 4);
	assert_int_equal(info.power_on_ms, 100);
	assert_int_equal(info.think_time, 3);
	assert_int_equal(usb_read_hub(hub_ports, 6, &info), ERR_CORRUPT);
	memcpy(copy, hub_ports, sizeof(copy));
	copy[2] = 0;
	assert_int_equal(usb_read_hub(copy, sizeof(copy), &info), ERR_CORRUPT);
	copy[2] = 255;
	assert_int_equal(usb_read_hub(copy, sizeof(copy), &info), 0);
	assert_int_equal(info.ports, USB_HUB_MAX_PORTS);
}

static void test_endpoints(void **state)
{
	static const struct {
		u8 at, value;
		bool usable;
	} cases[] = {
		{ 29, 0x01, false }, /* OUT */
		{ 29, 0x80, false }, { 29, 0x8f, true },
		{ 30, 2, false },			  /* bulk */
		{ 31, 0, false },    { 32, 0x04, false }, /* 1032 bytes */
		{ 32, 0x08, true }, /* transactions more in a microframe */
		{ 33, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 copy[sizeof(keyboard)];

		memcpy(copy, keyboard, sizeof(copy));
		copy[cases[i].at] = cases[i].value;
		read(copy, sizeof(copy));
		assert_int_equal(function.kind,
				 cases[i].usable ? USB_KEYBOARD : USB_OTHER);
	}
}

static void test_cut(void **state)
{
	u8 copy[sizeof(keyboard)];
	u16 length;

	(void)state;
	for (size_t bytes = 0; bytes < sizeof(keyboard); bytes++) {
		assert_int_equal(read(keyboard, bytes),
				 bytes < 9 ? ERR_CORRUPT : 0);
		assert_int_equal(function.kind,
				 bytes < 34 ? USB_OTHER : USB_KEYBOARD);
	}
	/* What the total length leaves out is not looked at. */
	memcpy(copy, keyboard, sizeof(copy));
	copy[2] = 33;
	assert_int_equal(read(copy, sizeof(copy)), 0);
	assert_int_equal(function.kind, USB_OTHER);
	copy[2] = 8;
	assert_int_equal(read(copy, sizeof(copy)), ERR_CORRUPT);
	copy[3] = 1;
	assert_int_equal(usb_read_configuration_length(copy, 9, &length), 0);
	assert_int_equal(length, 264);
	/* A length of 0 must not hold us. */
	memcpy(copy, keyboard, sizeof(copy));
	copy[18] = 0;
	assert_int_equal(read(copy, sizeof(copy)), ERR_CORRUPT);
}

static void test_every_byte(void **state)
{
	u8 copy[sizeof(keyboard)];

	(void)state;
	for (size_t at = 0; at < sizeof(keyboard); at++) {
		for (unsigned value = 0; value < 256; value++) {
			memcpy(copy, keyboard, sizeof(copy));
			copy[at] = (u8)value;
			read(copy, sizeof(copy));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_keyboard),
		cmocka_unit_test(test_hub),
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
