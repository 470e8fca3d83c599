/*
 * The command usb: the controllers that are ours and what is plugged into them.
 * Reads only. Runs on the boot core, through command.c.
 */
#include "arch/console/console.h"
#include "arch/usb/usb.h"
#include "lib/error.h"
#include "monitor/command.h"

static const char *speed_name(u8 speed)
{
	switch (speed) {
	case XHCI_LOW_SPEED:
		return "low";
	case XHCI_FULL_SPEED:
		return "full";
	default:
		return "high";
	}
}

static void print_device(const struct xhci_device *device)
{
	console_printf("%s: id=%04x:%04x port=%u",
		       device->function.kind == USB_HUB ? "hub" : "keyboard",
		       device->info.vendor, device->info.product,
		       device->slot.root_port);
	if (device->hub != NULL) {
		console_printf(".%u", device->slot.hub_port);
	}
	console_printf(" speed=%s", speed_name(device->slot.speed));
	if (device->function.kind == USB_HUB) {
		console_printf(" ports=%u", device->slot.hub_ports);
	}
	console_printf("\n");
}

static int run_usb(struct args *args)
{
	const struct xhci *x;

	(void)args;
	if (usb_controller(0) == NULL) {
		return command_error(ERR_NOT_FOUND,
				     "no controller is ours; usb; where there "
				     "is an xHCI usb=on takes it at the next "
				     "start");
	}
	for (u32 i = 0; (x = usb_controller(i)) != NULL; i++) {
		console_printf("controller: %02x:%02x.%u id=%04x:%04x "
			       "ports=%u %s\n",
			       x->pci.at.bus, x->pci.at.device,
			       x->pci.at.function, x->pci.vendor, x->pci.id,
			       x->ports, x->works ? "works" : "given up");
		for (u32 d = 0; d < XHCI_MAX_DEVICES; d++) {
			if (x->device[d].used && x->device[d].ready) {
				print_device(&x->device[d]);
			}
		}
	}
	console_printf("usb: keyboards=%u polls=%lu\n", usb_keyboards(),
		       usb_polls());
	return 0;
}

COMMAND(MACHINE, 47, usb) = {
	.name = "usb",
	.usage = "",
	.summary = "USB controllers that are ours, and their keyboards",
	.details = "One line a controller, then its keyboards and hubs: port, "
		   "or port.port behind a\n"
		   "hub. Other devices are left alone and not shown.",
	.example = "usb",
	.run = run_usb,
};
