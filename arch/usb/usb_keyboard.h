/* USB keyboards in the boot protocol: from reports to the console's keys. */
#pragma once

#include "arch/usb/xhci.h"

/*
 * task.device is a keyboard that has just been configured: asks it for the boot
 * protocol, and for reports of changes alone; goes on with task.next.
 */
void usb_keyboard_begin(struct xhci *x);

/* A report of device->received bytes has come. */
void usb_keyboard_report(struct xhci_device *device);

/* Now and then: repeats what is held down. */
void usb_keyboard_repeat(struct xhci_device *device);

/* It is gone: what it held down is released. */
void usb_keyboard_release(struct xhci_device *device);
