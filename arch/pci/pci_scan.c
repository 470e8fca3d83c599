/*
 * From the first bus on through the bridges that the firmware has numbered.
 * Called by arch/pci/pci.c, on the boot core.
 */
/* build: pure */
#include "arch/pci/pci_scan.h"

#define BITS 64u

struct scan {
	const struct pci_space *space;
	const struct pci_buses *buses;
	struct pci_list *list;
	u64 seen[PCI_BUSES / BITS];
	u64 to_do[PCI_BUSES / BITS];
};

static bool is_set(const u64 *set, u32 bus)
{
	return (set[bus / BITS] & BIT(bus % BITS)) != 0;
}

static void set(u64 *in, u32 bus)
{
	in[bus / BITS] |= BIT(bus % BITS);
}

static u32 read(const struct scan *scan, struct pci_function at, u32 from,
		u8 bytes)
{
	return scan->space->read(scan->space->context, at, from, bytes);
}

static void add(struct scan *scan, const struct pci_device *device)
{
	struct pci_list *list = scan->list;

	if (list->count == list->max) {
		list->left_out++;
		return;
	}
	list->device[list->count++] = *device;
}

/* PCI_HEADER_TYPE, or 0 where no function is. */
static u8 look_at(struct scan *scan, struct pci_function at)
{
	u32 ids = read(scan, at, PCI_VENDOR_ID, sizeof(u32));
	struct pci_device device = { .at = at };
	u8 header;

	device.vendor = (u16)ids;
	device.id = (u16)(ids >> 16);
	if (device.vendor == PCI_VENDOR_NONE || device.vendor == 0) {
		return 0;
	}
	header = (u8)read(scan, at, PCI_HEADER_TYPE, sizeof(u8));
	device.layout = header & PCI_HEADER_LAYOUT;
	device.class_code = read(scan, at, PCI_REVISION, sizeof(u32)) >> 8;
	add(scan, &device);
	if (device.layout == PCI_HEADER_BRIDGE) {
		set(scan->to_do,
		    read(scan, at, PCI_SECONDARY_BUS, sizeof(u8)) & 0xff);
	}
	return header;
}

static void scan_bus(struct scan *scan, u32 bus)
{
	for (u8 device = 0; device < PCI_DEVICES; device++) {
		struct pci_function at = { .segment = scan->buses->segment,
					   .bus = (u8)bus,
					   .device = device };

		if (!(look_at(scan, at) & PCI_HEADER_MULTIFUNCTION)) {
			continue;
		}
		for (at.function = 1; at.function < PCI_FUNCTIONS;
		     at.function++) {
			look_at(scan, at);
		}
	}
}

/* The next bus that a bridge has led to, or that is to be tried; -1: none. */
static int next_bus(const struct scan *scan)
{
	for (u32 bus = scan->buses->first; bus <= scan->buses->last; bus++) {
		if (is_set(scan->to_do, bus) && !is_set(scan->seen, bus)) {
			return (int)bus;
		}
	}
	for (u32 bus = scan->buses->first;
	     scan->buses->all && bus <= scan->buses->last; bus++) {
		if (!is_set(scan->seen, bus)) {
			return (int)bus;
		}
	}
	return -1;
}

void pci_scan(const struct pci_space *space, const struct pci_buses *buses,
	      struct pci_list *list)
{
	struct scan scan = { .space = space, .buses = buses, .list = list };
	int bus;

	set(scan.to_do, buses->first);
	while ((bus = next_bus(&scan)) >= 0) {
		set(scan.seen, (u32)bus);
		scan_bus(&scan, (u32)bus);
	}
}
