/*
 * The pure part of arch/usb: descriptors and reports of any bytes. The first
 * byte says which; a report's events must be those of what it changes.
 */
#include "arch/usb/hid.h"
#include "arch/usb/usb_descriptors.h"
#include "tests/fuzz/fuzz.h"

static void check_descriptors(const u8 *bytes, size_t count)
{
	struct usb_function function;
	struct usb_device_info device;
	struct usb_hub_info hub;
	u16 length;
	int err = usb_read_configuration(bytes, count, &function);

	CHECK(err == 0 || err == ERR_CORRUPT);
	CHECK(function.kind <= USB_HUB);
	if (function.kind != USB_OTHER) {
		CHECK(function.endpoint >= 1 && function.endpoint <= 15);
		CHECK(function.max_packet >= 1 && function.max_packet <= 1024);
		CHECK(function.interval != 0);
		CHECK(usb_read_configuration_length(bytes, count, &length) ==
		      0);
	}
	if (usb_read_device(bytes, count, &device) == 0) {
		CHECK(count >= USB_DEVICE_DESCRIPTOR_BYTES);
		CHECK((device.max_packet & (device.max_packet - 1)) == 0);
	}
	if (usb_read_hub(bytes, count, &hub) == 0) {
		CHECK(hub.ports >= 1 && hub.ports <= USB_HUB_MAX_PORTS);
		CHECK(hub.power_on_ms <= 510 && hub.think_time <= 3);
	}
}

static void check_events(const struct key_event *events, size_t n, bool *down)
{
	CHECK(n <= HID_MAX_EVENTS);
	for (size_t i = 0; i < n; i++) {
		/* Nothing is pressed twice, or released that was not pressed. */
		CHECK(down[events[i].key] != events[i].pressed);
		CHECK(events[i].key >= KEY_A);
		down[events[i].key] = events[i].pressed;
	}
}

static void check_reports(struct fuzz_input *in)
{
	struct hid_keyboard keyboard = { 0 };
	struct key_event events[HID_MAX_EVENTS];
	struct key_event again;
	bool down[256] = { false };
	u64 now = 0;

	while (in->left > 0) {
		size_t bytes = fuzz_take(in, 1) % 12;
		u8 *report = calloc(1, bytes + 1);

		CHECK(report != NULL);
		for (size_t i = 0; i < bytes; i++) {
			/* Modifiers come by their bits alone. */
			report[i] = (u8)fuzz_take(in, 1) %
				    (i == 0 ? 256 : KEY_LEFT_CTRL);
		}
		now += fuzz_take(in, 2);
		check_events(events,
			     hid_report(&keyboard, report, bytes, now, events),
			     down);
		if (hid_repeat(&keyboard, now, &again)) {
			CHECK(again.pressed && down[again.key]);
		}
		free(report);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };

	if (fuzz_take(&in, 1) & 1) {
		check_reports(&in);
	} else {
		check_descriptors(in.at, in.left);
	}
	return 0;
}
