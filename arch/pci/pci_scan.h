/*
 * Which functions there are on the buses of a PCI segment. Pure: what the
 * registers say may be anything, and no bus is looked at twice.
 */
#pragma once

#include "arch/pci/pci_space.h"

struct pci_device {
	struct pci_function at;
	u16 vendor;
	u16 id;
	u32 class_code; /* base class, subclass, programming interface */
	u8 layout;	/* PCI_HEADER_* */
};

struct pci_list {
	u32 count;
	u32 left_out; /* for want of room */
	u32 max;
	struct pci_device *device; /* room for max */
};

/* The buses that are to be looked at. */
struct pci_buses {
	u16 segment;
	u8 first, last;
	/*
	 * Not only those that a bridge leads to from the first one: a machine
	 * with several host bridges has roots in the middle. 32 reads a bus.
	 */
	bool all;
};

/* Adds to list what is on these buses, by bus as they are reached. */
void pci_scan(const struct pci_space *space, const struct pci_buses *buses,
	      struct pci_list *list);
