/*
 * Requests to USB devices by name (USB 2.0, "Standard Device Requests" and "Hub
 * Class Requests"; HID 1.11, "Class-Specific Requests"). Constants only.
 */
#pragma once

enum usb_request_type {
	USB_TO_DEVICE = 0x00,
	USB_FROM_DEVICE = 0x80,
	USB_TO_INTERFACE_CLASS = 0x21,
	USB_FROM_HUB = 0xa0,
	USB_TO_HUB_PORT = 0x23,
	USB_FROM_HUB_PORT = 0xa3,
};

enum usb_request {
	USB_GET_STATUS = 0,
	USB_CLEAR_FEATURE = 1,
	USB_SET_FEATURE = 3,
	USB_GET_DESCRIPTOR = 6,
	USB_SET_CONFIGURATION = 9,
	USB_HID_SET_IDLE = 10,
	USB_HID_SET_PROTOCOL = 11,
};

/* Features of a hub's port; the bits of its status are numbered likewise. */
enum usb_port_feature {
	USB_PORT_CONNECTION = 0,
	USB_PORT_RESET = 4,
	USB_PORT_POWER = 8,
	USB_PORT_LOW_SPEED = 9,
	USB_PORT_HIGH_SPEED = 10,
	USB_PORT_CHANGES = 16, /* the first of five: CONNECTION has changed */
	USB_PORT_RESET_CHANGE = 20,
	USB_PORT_FEATURES_END = 21,
};
