/*
 * The base address registers of a function: where its registers and memory are,
 * and how much there is of them. Pure.
 */
#pragma once

#include "arch/pci/pci_space.h"

#define PCI_BARS 6u

struct pci_bar {
	bool is_port;
	bool is_wide; /* 64 bits: it takes the next register too */
	bool is_prefetchable;
	u64 base; /* a port, or a physical address */
};

/*
 * Reads register n (0-5) of a function with that PCI_HEADER_*. ERR_NOT_FOUND: it
 * has none of that number, or the firmware gave it no address. ERR_CORRUPT: the
 * register says what the specification does not know.
 */
int pci_bar_read(const struct pci_space *space, struct pci_function function,
		 u8 layout, u32 n, struct pci_bar *bar);

/*
 * The bytes behind a register that pci_bar_read() has read; 0 if it is none.
 * The function decodes no address meanwhile, so nobody may be using it.
 */
u64 pci_bar_size(const struct pci_space *space, struct pci_function function,
		 u32 n, const struct pci_bar *bar);
