/* See pci_bar.h: PCI Local Bus Specification 3.0, "Base Addresses". */
/* build: pure */
#include "arch/pci/pci_bar.h"

#include "lib/error.h"

#define BAR_IS_PORT 0x1u
#define BAR_TYPE 0x6u
#define BAR_TYPE_32 0x0u
#define BAR_TYPE_64 0x4u
#define BAR_PREFETCHABLE 0x8u
#define BAR_PORT_ADDRESS (~0x3u)
#define BAR_MEMORY_ADDRESS (~0xfu)

static u32 at_bar(u32 n)
{
	return PCI_BAR0 + n * (u32)sizeof(u32);
}

static u32 read_bar(const struct pci_space *space, struct pci_function at,
		    u32 n)
{
	return space->read(space->context, at, at_bar(n), sizeof(u32));
}

static void write_bar(const struct pci_space *space, struct pci_function at,
		      u32 n, u32 value)
{
	space->write(space->context, at, at_bar(n), sizeof(u32), value);
}

static u32 bars_of(u8 layout)
{
	switch (layout) {
	case PCI_HEADER_DEVICE:
		return PCI_BARS;
	case PCI_HEADER_BRIDGE:
		return 2;
	default:
		return 0;
	}
}

int pci_bar_read(const struct pci_space *space, struct pci_function function,
		 u8 layout, u32 n, struct pci_bar *bar)
{
	u32 low;

	*bar = (struct pci_bar){ 0 };
	if (n >= bars_of(layout)) {
		return ERR_NOT_FOUND;
	}
	low = read_bar(space, function, n);
	if (low == UINT32_MAX) {
		return ERR_NOT_FOUND;
	}
	bar->is_port = (low & BAR_IS_PORT) != 0;
	if (bar->is_port) {
		bar->base = low & BAR_PORT_ADDRESS;
		return bar->base == 0	    ? ERR_NOT_FOUND
		       : bar->base > 0xffff ? ERR_CORRUPT
					    : 0;
	}
	bar->is_prefetchable = (low & BAR_PREFETCHABLE) != 0;
	bar->is_wide = (low & BAR_TYPE) == BAR_TYPE_64;
	bar->base = low & BAR_MEMORY_ADDRESS;
	if (bar->is_wide) {
		if (n + 1 >= bars_of(layout)) {
			return ERR_CORRUPT;
		}
		bar->base |= (u64)read_bar(space, function, n + 1) << 32;
	} else if ((low & BAR_TYPE) != BAR_TYPE_32) {
		return ERR_CORRUPT;
	}
	return bar->base == 0 ? ERR_NOT_FOUND : 0;
}

/* The bits that can be written say the size: it is the lowest of them. */
static u32 writable(const struct pci_space *space, struct pci_function at,
		    u32 n)
{
	u32 was = read_bar(space, at, n);
	u32 ones;

	write_bar(space, at, n, UINT32_MAX);
	ones = read_bar(space, at, n);
	write_bar(space, at, n, was);
	return ones;
}

u64 pci_bar_size(const struct pci_space *space, struct pci_function function,
		 u32 n, const struct pci_bar *bar)
{
	u32 command =
		space->read(space->context, function, PCI_COMMAND, sizeof(u16));
	u64 bits;

	space->write(space->context, function, PCI_COMMAND, sizeof(u16),
		     command & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	bits = writable(space, function, n) &
	       (bar->is_port ? BAR_PORT_ADDRESS : BAR_MEMORY_ADDRESS);
	if (bar->is_wide) {
		bits |= (u64)writable(space, function, n + 1) << 32;
	}
	space->write(space->context, function, PCI_COMMAND, sizeof(u16),
		     command);
	return bits & -bits;
}
