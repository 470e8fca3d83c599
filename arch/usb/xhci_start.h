/* The beginning and the end of a controller in our hands. Boot core. */
#pragma once

#include "arch/usb/xhci.h"

/*
 * Takes the controller from the firmware and sets it going; its ports have
 * power, and those of USB 2 are all to be looked at. Within bounds of less than
 * three seconds in all; NULL, or why it cannot be used, which leaves it to the
 * firmware again. Before others run, as its registers may have to be mapped.
 */
const char *xhci_start(struct xhci *x, const struct pci_device *pci);

/*
 * Stops it and gives it back to the firmware as that had it. Also in a panic:
 * no lock is taken and nothing is said.
 */
void xhci_stop(struct xhci *x);
