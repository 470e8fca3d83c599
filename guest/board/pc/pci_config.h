/*
 * The PCI configuration space of a PC with an Intel 440FX, by mechanism 1 (ports
 * CF8h and CFCh): "PCI Local Bus Specification 2.2"; Intel 82441FX, 82371SB
 * (PIIX3) and 82371AB (PIIX4). Pure.
 *
 *	00.0	82441FX host bridge; PAM: what C0000h-FFFFFh are
 *	01.0	82371SB ISA bridge, with the reset register at CF9h
 *	01.1	82371SB IDE
 *	01.3	82371AB power management
 *	02.0	a VGA adapter, where there is one: as QEMU's stdvga
 */
#pragma once

#include "lib/types.h"

#define PCI_ADDRESS_PORT 0xcf8u
#define PCI_RESET_PORT 0xcf9u
#define PCI_DATA_PORT 0xcfcu
#define PCI_FUNCTIONS 5u

enum pci_function_number {
	PCI_HOST_BRIDGE,
	PCI_ISA_BRIDGE,
	PCI_IDE,
	PCI_POWER,
	PCI_VGA,
};

struct pci_function {
	u8 config[256];
};

struct pci_config {
	u32 address;
	u8 reset_control;
	bool has_vga;
	bool resets;	     /* the machine's reset: taken by its owner */
	bool power_changed;  /* registers of that function were written, ... */
	bool memory_changed; /* ... or of the host bridge: likewise */
	struct pci_function function[PCI_FUNCTIONS];
};

void pci_config_init(struct pci_config *pci, bool has_vga);

/* Ports CF8h to CFFh; bytes 1, 2 or 4, within four ports. */
u32 pci_config_read(struct pci_config *pci, u16 port, u8 bytes);
void pci_config_write(struct pci_config *pci, u16 port, u8 bytes, u32 value);

/*
 * What the host bridge makes of a segment of 16 KiB (0 to 11: from C0000h on;
 * 12: F0000h-FFFFFh): whether reads and writes of it go to RAM, not to ROM.
 */
#define PCI_PAM_SEGMENTS 13u
struct pci_pam {
	bool reads_ram, writes_ram;
};
struct pci_pam pci_config_pam(const struct pci_config *pci, u32 segment);

/* The first of the power-management ports, or 0 while they are off. */
u16 pci_config_power_port(const struct pci_config *pci);

/* Where the frame buffer is mapped; 0: nowhere. */
u32 pci_config_frame_buffer(const struct pci_config *pci);
