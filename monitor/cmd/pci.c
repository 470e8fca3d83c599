/*
 * The command pci: what is on the machine's PCI buses. Reads registers only.
 * Runs on the boot core, through command.c.
 */
#include "arch/console/console.h"
#include "arch/pci/pci.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "monitor/command.h"

/* The PCI Code and ID Assignment Specification's, those seen most. */
static const struct {
	u32 class_code;
	u32 mask;
	const char *name;
} names[] = {
	{ 0x010100, 0xffff00, "IDE" },
	{ 0x010600, 0xffff00, "SATA" },
	{ 0x010800, 0xffff00, "NVMe" },
	{ 0x010000, 0xff0000, "storage" },
	{ 0x020000, 0xff0000, "network" },
	{ 0x030000, 0xff0000, "display" },
	{ 0x040000, 0xff0000, "sound or video" },
	{ 0x050000, 0xff0000, "memory" },
	{ 0x060000, 0xffff00, "host bridge" },
	{ 0x060100, 0xffff00, "ISA bridge" },
	{ 0x060400, 0xffff00, "PCI bridge" },
	{ 0x060000, 0xff0000, "bridge" },
	{ 0x070000, 0xffff00, "serial port" },
	{ 0x070000, 0xff0000, "communication" },
	{ 0x0c0300, 0xffffff, "USB UHCI" },
	{ 0x0c0310, 0xffffff, "USB OHCI" },
	{ 0x0c0320, 0xffffff, "USB EHCI" },
	{ 0x0c0330, 0xffffff, "USB xHCI" },
	{ 0x0c0500, 0xffff00, "SMBus" },
};

static const char *name_of(u32 class_code)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if ((class_code & names[i].mask) == names[i].class_code) {
			return names[i].name;
		}
	}
	return "-";
}

static void print_bars(const struct pci_device *device)
{
	struct pci_bar bar = { 0 };

	for (u32 n = 0; n < PCI_BARS; n += bar.is_wide ? 2 : 1) {
		if (pci_bar(device, n, &bar) == 0) {
			console_printf(" bar%u=%s%lx", n,
				       bar.is_port ? "port:" : "", bar.base);
		}
	}
}

static int run_pci(struct args *args)
{
	const struct pci_list *list = pci_devices();

	(void)args;
	if (list->count == 0) {
		return command_error(ERR_NOT_FOUND,
				     "no function answers; pci; this machine "
				     "has no PCI bus, or hides it");
	}
	for (u32 i = 0; i < list->count; i++) {
		const struct pci_device *device = &list->device[i];

		console_printf("function: %04x:%02x:%02x.%u id=%04x:%04x "
			       "class=%06x (%s)",
			       device->at.segment, device->at.bus,
			       device->at.device, device->at.function,
			       device->vendor, device->id, device->class_code,
			       name_of(device->class_code));
		print_bars(device);
		console_printf("\n");
	}
	if (list->left_out != 0) {
		console_printf("functions left out: %u, there is no room for "
			       "more\n",
			       list->left_out);
	}
	return 0;
}

COMMAND(MACHINE, 45, pci) = {
	.name = "pci",
	.usage = "",
	.summary = "what is on the PCI buses",
	.details = "One line a function: segment:bus:device.function, vendor "
		   "and device, class code\n"
		   "(all hex), and where its registers are, in memory or at "
		   "ports.",
	.example = "pci",
	.run = run_pci,
};
