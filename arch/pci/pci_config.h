/*
 * The machine's PCI configuration space: by the memory that ACPI's MCFG table
 * names, or by ports CF8h and CFCh, which every PC has from the first
 * instruction on. Any core, interrupts off.
 */
#pragma once

#include "arch/acpi/acpi.h"
#include "arch/pci/pci_space.h"

/*
 * From now on by memory, as far as acpi has it, can be reached and says the
 * same as the ports. Boot core, before others run.
 */
void pci_config_use_memory(const struct acpi_info *acpi);

/* For the pure functions. */
extern const struct pci_space pci_config;

static inline u32 pci_read(struct pci_function function, u32 at, u8 bytes)
{
	return pci_config.read(pci_config.context, function, at, bytes);
}

static inline void pci_write(struct pci_function function, u32 at, u8 bytes,
			     u32 value)
{
	pci_config.write(pci_config.context, function, at, bytes, value);
}

/* Whether functions of that segment and bus can be reached at all. */
bool pci_config_reaches(u16 segment, u8 bus);
