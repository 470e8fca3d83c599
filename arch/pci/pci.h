/*
 * The machine's PCI functions. They are looked for when somebody first asks,
 * which may be as early as the console's start; where nobody asks, no register
 * is touched. Boot core.
 */
#pragma once

#include "arch/acpi/acpi.h"
#include "arch/pci/pci_bar.h"
#include "arch/pci/pci_config.h"
#include "arch/pci/pci_scan.h"

/*
 * The tables of ACPI are read: what is found from now on is found by them, and
 * in all segments. Before others run.
 */
void pci_use_acpi(const struct acpi_info *acpi);

/* All functions; the list stays where it is and as it is. */
const struct pci_list *pci_devices(void);

/*
 * The first function after `after` (NULL: of all) whose class code is class_code
 * in the bits of mask; NULL: there is none.
 */
const struct pci_device *pci_find_class(u32 class_code, u32 mask,
					const struct pci_device *after);

/* Register n as pci_bar_read() has it. */
int pci_bar(const struct pci_device *device, u32 n, struct pci_bar *bar);

/*
 * Where the memory behind register n can be read and written, uncached, and in
 * *bytes how much it is. NULL: there is none, it is ports, or it is out of
 * reach. Before others run, for it may have to be mapped; nobody may be using
 * the device.
 */
volatile void *pci_map_bar(const struct pci_device *device, u32 n, u64 *phys,
			   u64 *bytes);

/* Sets PCI_COMMAND_* in the device's command register. */
void pci_enable(const struct pci_device *device, u16 bits);
