/*
 * Intel's chipsets of 2012 and 2013 have an EHCI and an xHCI behind the same
 * USB 2 ports, and a register that says whose each port is. Boot core.
 */
#pragma once

#include "arch/pci/pci.h"

struct intel_routes {
	bool changed;
	u32 usb2, usb3; /* as they were */
};

/* If it is one of those: all ports are the xHCI's. */
void intel_routes_take(const struct pci_device *xhci,
		       struct intel_routes *routes);

/* As the firmware had them. Also in a panic. */
void intel_routes_give_back(const struct pci_device *xhci,
			    const struct intel_routes *routes);
