/* Whose the machine's USB controllers are: a choice of the person's. */
#pragma once

enum usb_use {
	USB_AUTO, /* ours on a machine that has no BIOS, which may drive them */
	USB_ON,
	USB_OFF,
};
