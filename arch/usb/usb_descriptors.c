/*
 * A configuration is a list of descriptors of any kind, each with its length in
 * front. Called by arch/usb/usb_attach.c with what a device has sent.
 */
/* build: pure */
#include "arch/usb/usb_descriptors.h"

#include "lib/error.h"
#include "lib/string.h"

#define CLASS_HID 3
#define CLASS_HUB 9
#define SUBCLASS_BOOT 1
#define PROTOCOL_KEYBOARD 1
#define ENDPOINT_IN 0x80
#define ENDPOINT_NUMBER 0x0f
#define TRANSFER_TYPE 0x03
#define TRANSFER_INTERRUPT 0x03
#define MAX_PACKET 0x07ffu
#define MAX_PACKET_MOST 1024u
#define THINK_TIME_SHIFT 5
#define THINK_TIME 3u

struct header {
	u8 length;
	u8 type;
} __attribute__((packed));
static_assert(sizeof(struct header) == 2, "USB descriptor");

struct device {
	struct header header;
	u16 usb_release;
	u8 class_code, subclass, protocol;
	u8 max_packet;
	u16 vendor, product, release;
	u8 manufacturer_string, product_string, serial_string;
	u8 configurations;
} __attribute__((packed));
static_assert(sizeof(struct device) == USB_DEVICE_DESCRIPTOR_BYTES, "USB 2.0");

struct configuration {
	struct header header;
	u16 total_length;
	u8 interfaces;
	u8 value;
	u8 string;
	u8 attributes;
	u8 max_power;
} __attribute__((packed));
static_assert(sizeof(struct configuration) == USB_CONFIGURATION_HEADER_BYTES,
	      "USB 2.0");

struct interface {
	struct header header;
	u8 number;
	u8 alternate;
	u8 endpoints;
	u8 class_code, subclass, protocol;
	u8 string;
} __attribute__((packed));
static_assert(sizeof(struct interface) == 9, "USB 2.0");

struct endpoint {
	struct header header;
	u8 address;
	u8 attributes;
	u16 max_packet;
	u8 interval;
} __attribute__((packed));
static_assert(sizeof(struct endpoint) == 7, "USB 2.0");

struct hub {
	struct header header;
	u8 ports;
	u16 characteristics;
	u8 power_on_2ms;
	u8 current;
} __attribute__((packed));
static_assert(sizeof(struct hub) == USB_HUB_DESCRIPTOR_BYTES, "USB 2.0");

/* The start of a descriptor of that type, of which `bytes` are there. */
static bool is_whole(const u8 *descriptor, size_t bytes, u8 type, size_t size)
{
	return bytes >= size && descriptor[0] >= size && descriptor[1] == type;
}

int usb_read_device(const u8 *descriptor, size_t bytes,
		    struct usb_device_info *out)
{
	struct device device;

	memset(out, 0, sizeof(*out));
	if (!is_whole(descriptor, bytes, USB_DESCRIPTOR_DEVICE,
		      sizeof(device))) {
		return ERR_CORRUPT;
	}
	memcpy(&device, descriptor, sizeof(device));
	out->vendor = device.vendor;
	out->product = device.product;
	out->class_code = device.class_code;
	out->max_packet = device.max_packet;
	return device.max_packet == 8 || device.max_packet == 16 ||
			       device.max_packet == 32 ||
			       device.max_packet == 64
		       ? 0
		       : ERR_CORRUPT;
}

int usb_read_configuration_length(const u8 *header, size_t bytes, u16 *length)
{
	struct configuration configuration;

	if (!is_whole(header, bytes, USB_DESCRIPTOR_CONFIGURATION,
		      sizeof(configuration))) {
		return ERR_CORRUPT;
	}
	memcpy(&configuration, header, sizeof(configuration));
	*length = configuration.total_length;
	return *length < sizeof(configuration) ? ERR_CORRUPT : 0;
}

/* What the interface is to us; of several settings the first alone counts. */
static enum usb_kind kind_of(const struct interface *interface)
{
	if (interface->alternate != 0) {
		return USB_OTHER;
	}
	if (interface->class_code == CLASS_HID &&
	    interface->subclass == SUBCLASS_BOOT &&
	    interface->protocol == PROTOCOL_KEYBOARD) {
		return USB_KEYBOARD;
	}
	return interface->class_code == CLASS_HUB ? USB_HUB : USB_OTHER;
}

/* Whether the endpoint is the one we want; fills in the rest of *out if so. */
static bool read_endpoint(const u8 *descriptor, struct usb_function *out)
{
	struct endpoint endpoint;
	u32 max_packet;

	memcpy(&endpoint, descriptor, sizeof(endpoint));
	max_packet = endpoint.max_packet & MAX_PACKET;
	if (!(endpoint.address & ENDPOINT_IN) ||
	    (endpoint.address & ENDPOINT_NUMBER) == 0 ||
	    (endpoint.attributes & TRANSFER_TYPE) != TRANSFER_INTERRUPT ||
	    max_packet == 0 || max_packet > MAX_PACKET_MOST) {
		return false;
	}
	out->endpoint = endpoint.address & ENDPOINT_NUMBER;
	out->max_packet = (u16)max_packet;
	out->interval = MAX(endpoint.interval, 1);
	return true;
}

/* Takes a complete function in: a keyboard is better than a hub. */
static void choose(struct usb_function *out, const struct usb_function *found)
{
	if (out->kind == USB_OTHER ||
	    (found->kind == USB_KEYBOARD && out->kind != USB_KEYBOARD)) {
		*out = *found;
	}
}

int usb_read_configuration(const u8 *descriptor, size_t bytes,
			   struct usb_function *out)
{
	struct usb_function found = { 0 };
	struct interface interface;
	struct header header;
	u16 length;

	memset(out, 0, sizeof(*out));
	if (usb_read_configuration_length(descriptor, bytes, &length) != 0) {
		return ERR_CORRUPT;
	}
	bytes = MIN(bytes, length);
	for (size_t at = descriptor[0];
	     bytes > at && bytes - at >= sizeof(header); at += header.length) {
		const u8 *here = descriptor + at;
		size_t left = bytes - at;

		memcpy(&header, here, sizeof(header));
		if (header.length < sizeof(header)) {
			return ERR_CORRUPT;
		}
		if (is_whole(here, left, USB_DESCRIPTOR_INTERFACE,
			     sizeof(interface))) {
			memcpy(&interface, here, sizeof(interface));
			found.kind = kind_of(&interface);
			found.interface = interface.number;
			found.configuration =
				descriptor[offsetof(struct configuration,
						    value)];
		} else if (found.kind != USB_OTHER &&
			   is_whole(here, left, USB_DESCRIPTOR_ENDPOINT,
				    sizeof(struct endpoint)) &&
			   read_endpoint(here, &found)) {
			choose(out, &found);
			found.kind = USB_OTHER;
		}
	}
	return 0;
}

int usb_read_hub(const u8 *descriptor, size_t bytes, struct usb_hub_info *out)
{
	struct hub hub;

	memset(out, 0, sizeof(*out));
	if (!is_whole(descriptor, bytes, USB_DESCRIPTOR_HUB, sizeof(hub))) {
		return ERR_CORRUPT;
	}
	memcpy(&hub, descriptor, sizeof(hub));
	if (hub.ports == 0) {
		return ERR_CORRUPT;
	}
	out->ports = (u8)MIN(hub.ports, USB_HUB_MAX_PORTS);
	out->power_on_ms = hub.power_on_2ms * 2;
	out->think_time = hub.characteristics >> THINK_TIME_SHIFT & THINK_TIME;
	return 0;
}
