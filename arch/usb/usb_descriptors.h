/*
 * What USB devices say of themselves: the device, configuration and hub
 * descriptors (USB 2.0, "USB Device Framework" and "Hub Specification"; Device
 * Class Definition for HID 1.11). Pure; every byte is taken to be hostile.
 */
#pragma once

#include "lib/types.h"

enum usb_descriptor_type {
	USB_DESCRIPTOR_DEVICE = 1,
	USB_DESCRIPTOR_CONFIGURATION = 2,
	USB_DESCRIPTOR_INTERFACE = 4,
	USB_DESCRIPTOR_ENDPOINT = 5,
	USB_DESCRIPTOR_HUB = 0x29,
};

#define USB_DEVICE_DESCRIPTOR_BYTES 18u
#define USB_CONFIGURATION_HEADER_BYTES 9u
#define USB_HUB_DESCRIPTOR_BYTES 7u /* with what is the same for all hubs */
#define USB_HUB_MAX_PORTS 15u	    /* that an xHCI's route string can name */

struct usb_device_info {
	u16 vendor, product;
	u8 class_code;
	u8 max_packet; /* of endpoint 0: 8, 16, 32 or 64 */
};

/* What a device is to us. */
enum usb_kind {
	USB_OTHER,
	USB_KEYBOARD, /* with the boot protocol */
	USB_HUB,
};

/* The part of a device that we use: one interface with one endpoint. */
struct usb_function {
	enum usb_kind kind;
	u8 configuration; /* its value, for SET_CONFIGURATION */
	u8 interface;	  /* its number */
	u8 endpoint;	  /* 1-15; an interrupt endpoint, IN */
	u16 max_packet;	  /* 1-1024 */
	u8 interval;	  /* as the descriptor has it, never 0 */
};

struct usb_hub_info {
	u8 ports; /* 1-USB_HUB_MAX_PORTS; what is more is left out */
	u16 power_on_ms;
	u8 think_time; /* 0-3, in units of 8 full-speed bit times, less one */
};

/*
 * ERR_CORRUPT: too short, or not what it should be. bytes is as much as the
 * device has sent.
 */
int usb_read_device(const u8 *descriptor, size_t bytes,
		    struct usb_device_info *out);

/* The length of the whole configuration, from its header of 9 bytes. */
int usb_read_configuration_length(const u8 *header, size_t bytes, u16 *length);

/*
 * Looks for a boot keyboard and, if there is none, for a hub; USB_OTHER if the
 * device is neither. What is cut off is not there.
 */
int usb_read_configuration(const u8 *descriptor, size_t bytes,
			   struct usb_function *out);

int usb_read_hub(const u8 *descriptor, size_t bytes, struct usb_hub_info *out);
