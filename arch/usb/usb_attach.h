/*
 * The steps from a device that has just been plugged in to one that works, and
 * back. Each is a task of the controller's, which must be idle. Boot core.
 */
#pragma once

#include "arch/usb/xhci.h"

/* Something is plugged into that root port. */
void usb_attach_root(struct xhci *x, u8 port);

/* Something is plugged into that port of a hub. */
void usb_attach_hub_port(struct xhci *x, struct xhci_device *hub, u8 port);

/* A device is gone; what was plugged into it must be detached before. */
void usb_detach(struct xhci *x, struct xhci_device *device);
