/* See pci.h. Static room, for the console asks before there are pages. */
#include "arch/pci/pci.h"

#include "arch/console/log.h"
#include "arch/inventory.h"
#include "arch/mem/paging.h"
#include "lib/fmt.h"

#define MAX_DEVICES 512u

static struct pci_device found[MAX_DEVICES];
static struct pci_list list = { .max = MAX_DEVICES, .device = found };
static bool looked;
static const struct acpi_info *tables;

static void scan(u16 segment, u8 first, u8 last, bool all)
{
	const struct pci_buses buses = {
		.segment = segment, .first = first, .last = last, .all = all
	};

	pci_scan(&pci_config, &buses, &list);
}

/* Whether a table leads to bus 0 of segment 0: else the ports do. */
static void scan_all(void)
{
	if (!pci_config_reaches(0, 0)) {
		scan(0, 0, PCI_BUSES - 1, false);
	}
	for (u32 i = 0; tables != NULL && i < tables->mcfg_count; i++) {
		const struct acpi_mcfg *mcfg = &tables->mcfg[i];

		if (pci_config_reaches(mcfg->segment, mcfg->first_bus)) {
			scan(mcfg->segment, mcfg->first_bus, mcfg->last_bus,
			     true);
		}
	}
}

void pci_use_acpi(const struct acpi_info *acpi)
{
	tables = acpi;
	pci_config_use_memory(acpi);
	list.count = 0;
	list.left_out = 0;
	looked = false;
}

const struct pci_list *pci_devices(void)
{
	if (!looked) {
		looked = true;
		scan_all();
		if (list.left_out != 0) {
			log_warn("PCI: %u functions left out, there is room "
				 "for %u",
				 list.left_out, MAX_DEVICES);
		}
	}
	return &list;
}

const struct pci_device *pci_find_class(u32 class_code, u32 mask,
					const struct pci_device *after)
{
	const struct pci_list *all = pci_devices();
	u32 i = after == NULL ? 0 : (u32)(after - all->device) + 1;

	for (; i < all->count; i++) {
		if ((all->device[i].class_code & mask) == class_code) {
			return &all->device[i];
		}
	}
	return NULL;
}

int pci_bar(const struct pci_device *device, u32 n, struct pci_bar *bar)
{
	return pci_bar_read(&pci_config, device->at, device->layout, n, bar);
}

volatile void *pci_map_bar(const struct pci_device *device, u32 n, u64 *phys,
			   u64 *bytes)
{
	struct pci_bar bar;

	if (pci_bar(device, n, &bar) != 0 || bar.is_port) {
		return NULL;
	}
	*phys = bar.base;
	*bytes = pci_bar_size(&pci_config, device->at, n, &bar);
	if (*bytes == 0 || !paging_reach(bar.base, *bytes)) {
		return NULL;
	}
	return phys_to_virt(bar.base);
}

void pci_enable(const struct pci_device *device, u16 bits)
{
	u32 command = pci_read(device->at, PCI_COMMAND, sizeof(u16));

	pci_write(device->at, PCI_COMMAND, sizeof(u16), command | bits);
}

static void tell(char *text, size_t size)
{
	const struct pci_list *all = pci_devices();

	fmt_snprintf(text, size, "%u functions, configured by %s", all->count,
		     pci_config_reaches(0, 0) ? "memory (MCFG)"
					      : "ports CF8h and CFCh");
}

INVENTORY(80, pci, tell);
