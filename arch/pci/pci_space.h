/*
 * A PCI configuration space as pure code sees it: functions by their place, and
 * how their registers are read and written. The machine's is in
 * arch/pci/pci_config.h. Names and offsets are those of the PCI Local Bus
 * Specification 3.0, "Configuration Space", and the PCI-to-PCI Bridge
 * Architecture Specification.
 */
#pragma once

#include "lib/types.h"

#define PCI_BUSES 256u
#define PCI_DEVICES 32u	 /* on a bus */
#define PCI_FUNCTIONS 8u /* of a device */
#define PCI_CONFIG_BYTES 256u

struct pci_function {
	u16 segment;
	u8 bus;
	u8 device;   /* 0-31 */
	u8 function; /* 0-7 */
};

struct pci_space {
	/*
	 * bytes: 1, 2 or 4; at: a multiple of it, below PCI_CONFIG_BYTES. What
	 * is not there reads as all ones.
	 */
	u32 (*read)(void *context, struct pci_function function, u32 at,
		    u8 bytes);
	void (*write)(void *context, struct pci_function function, u32 at,
		      u8 bytes, u32 value);
	void *context;
};

enum pci_register {
	PCI_VENDOR_ID = 0x00,	  /* 16 bits */
	PCI_DEVICE_ID = 0x02,	  /* 16 bits */
	PCI_COMMAND = 0x04,	  /* 16 bits */
	PCI_REVISION = 0x08,	  /* 8 bits; the class code above it */
	PCI_HEADER_TYPE = 0x0e,	  /* 8 bits */
	PCI_BAR0 = 0x10,	  /* 32 bits each */
	PCI_SECONDARY_BUS = 0x19, /* 8 bits; of a bridge */
};

/* PCI_COMMAND */
#define PCI_COMMAND_IO 0x0001u
#define PCI_COMMAND_MEMORY 0x0002u
#define PCI_COMMAND_MASTER 0x0004u
#define PCI_COMMAND_INTX_DISABLE 0x0400u

/* PCI_HEADER_TYPE */
#define PCI_HEADER_MULTIFUNCTION 0x80u
#define PCI_HEADER_LAYOUT 0x7fu
#define PCI_HEADER_DEVICE 0u
#define PCI_HEADER_BRIDGE 1u

#define PCI_VENDOR_NONE 0xffffu /* nobody answers */
