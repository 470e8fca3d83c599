/*
 * Intel 7 Series and 8 Series Chipset Family PCH datasheets, "xHC Controller
 * Registers": XUSB2PR, USB3_PSSEN, and the masks of what can be routed. On later
 * chipsets all ports are the xHCI's. No emulator has these registers.
 */
#include "arch/usb/intel_routes.h"

#define VENDOR_INTEL 0x8086u
#define USB2_ROUTES 0xd0u /* a bit for each port: the xHCI's */
#define USB2_MASK 0xd4u
#define USB3_ENABLES 0xd8u
#define USB3_MASK 0xdcu

/* 7 Series, 8 Series, 8 Series of the low-power kind. */
static const u16 devices[] = { 0x1e31, 0x8c31, 0x9c31 };

static bool has_routes(const struct pci_device *xhci)
{
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		if (xhci->vendor == VENDOR_INTEL && xhci->id == devices[i]) {
			return true;
		}
	}
	return false;
}

static u32 take(const struct pci_device *xhci, u32 routes, u32 mask)
{
	u32 was = pci_read(xhci->at, routes, sizeof(u32));

	pci_write(xhci->at, routes, sizeof(u32),
		  was | pci_read(xhci->at, mask, sizeof(u32)));
	return was;
}

void intel_routes_take(const struct pci_device *xhci,
		       struct intel_routes *routes)
{
	routes->changed = has_routes(xhci);
	if (routes->changed) {
		routes->usb3 = take(xhci, USB3_ENABLES, USB3_MASK);
		routes->usb2 = take(xhci, USB2_ROUTES, USB2_MASK);
	}
}

void intel_routes_give_back(const struct pci_device *xhci,
			    const struct intel_routes *routes)
{
	if (routes->changed) {
		pci_write(xhci->at, USB3_ENABLES, sizeof(u32), routes->usb3);
		pci_write(xhci->at, USB2_ROUTES, sizeof(u32), routes->usb2);
	}
}
