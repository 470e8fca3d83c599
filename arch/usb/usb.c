/*
 * What is to be done next on each controller: devices that are gone come first,
 * then ports that have changed.
 */
#include "arch/usb/usb.h"

#include "arch/clock.h"
#include "arch/console/console.h"
#include "arch/console/log.h"
#include "arch/percpu.h"
#include "arch/usb/usb_attach.h"
#include "arch/usb/usb_hub.h"
#include "arch/usb/usb_keyboard.h"
#include "arch/usb/xhci_start.h"

#define CLASS_XHCI 0x0c0330u
#define MAX_CONTROLLERS 4u
#define BUSY_POLL_US 1000u
#define SETTLE_US 1000000u /* in which a device must have shown itself */
#define MOST_ERRORS 5u	   /* in a row, of an interrupt endpoint */

static struct xhci controllers[MAX_CONTROLLERS];
static u32 count;
static u64 started_us;
static u64 polled_tsc;
static u64 polls;
static void (*tell_settled)(u32 keyboards); /* NULL: it has been told */

static struct xhci_device *device_at_root(struct xhci *x, u32 port)
{
	for (u32 i = 0; i < XHCI_MAX_DEVICES; i++) {
		struct xhci_device *device = &x->device[i];

		if (device->used && device->hub == NULL &&
		    device->slot.root_port == port) {
			return device;
		}
	}
	return NULL;
}

/* Something may have come, or gone; what is known there is gone. */
static void look_at_root_port(struct xhci *x, u32 port)
{
	u32 status = xhci_port_read(x, (u8)port);
	struct xhci_device *device = device_at_root(x, port);

	xhci_set(x->port_changes, port, false);
	xhci_port_set(x, (u8)port, status & XHCI_PORT_CHANGES);
	if (status & XHCI_PORT_OVER_CURRENT) {
		console_end_line();
		log_warn("usb: too much current at port %u; unplug what is "
			 "there",
			 port);
		return;
	}
	if (!(status & XHCI_PORT_CONNECTED) ||
	    (status & XHCI_PORT_CONNECT_CHANGE)) {
		xhci_set(x->port_known, port, false);
		if (device != NULL) {
			/* What is there instead is looked at afterwards. */
			device->gone = true;
			xhci_set(x->port_changes, port, true);
			return;
		}
	}
	/* A reset, our own for one, is a change as well. */
	if ((status & XHCI_PORT_CONNECTED) &&
	    !xhci_is_set(x->port_known, port)) {
		xhci_set(x->port_known, port, true);
		usb_attach_root(x, (u8)port);
	}
}

/* Each of these returns true if it has found something to do. */

static bool detach_something(struct xhci *x)
{
	struct xhci_device *gone = NULL;

	for (u32 i = 0; i < XHCI_MAX_DEVICES; i++) {
		struct xhci_device *device = &x->device[i];

		device->gone |= device->hub != NULL && device->hub->gone;
		/* What hangs on a hub goes before it. */
		if (device->used && device->gone &&
		    (gone == NULL || device->hub != NULL)) {
			gone = device;
		}
	}
	if (gone != NULL) {
		usb_detach(x, gone);
	}
	return gone != NULL;
}

static bool look_at_something(struct xhci *x)
{
	for (u32 port = 1; port <= x->ports; port++) {
		if (!xhci_is_set(x->port_changes, port)) {
			continue;
		}
		if (xhci_is_set(x->port_is_usb2, port)) {
			look_at_root_port(x, port);
			return true;
		}
		xhci_set(x->port_changes, port, false);
	}
	for (u32 i = 0; i < XHCI_MAX_DEVICES; i++) {
		struct xhci_device *hub = &x->device[i];
		u32 bits = hub->port_attach | hub->port_changes;
		u8 port;

		if (!hub->used || bits == 0) {
			continue;
		}
		port = (u8)__builtin_ctz(bits);
		if (hub->port_attach & 1u << port) {
			hub->port_attach &= ~(1u << port);
			usb_attach_hub_port(x, hub, port);
		} else {
			hub->port_changes &= ~(1u << port);
			usb_hub_look(x, hub, port);
		}
		return true;
	}
	return false;
}

static void repaired(struct xhci *x)
{
	x->task.target->asked = false;
	xhci_done(x);
}

/* The interrupt endpoint is set right, or the device is of no use. */
static bool repair_something(struct xhci *x)
{
	for (u32 i = 0; i < XHCI_MAX_DEVICES; i++) {
		struct xhci_device *device = &x->device[i];

		if (!device->used || !device->asked ||
		    device->completion == XHCI_NOTHING_YET) {
			continue;
		}
		if (++device->errors >= MOST_ERRORS) {
			console_end_line();
			log_warn("usb: the %s at port %u fails again and "
				 "again (completion code %u)",
				 device->function.kind == USB_HUB ? "hub"
								  : "keyboard",
				 device->slot.root_port, device->completion);
			device->gone = true;
			return true;
		}
		xhci_repair(x, device, &device->interrupt,
			    xhci_context_in(device->function.endpoint),
			    repaired);
		device->completion = XHCI_NOTHING_YET;
		return true;
	}
	return false;
}

static void do_something(struct xhci *x)
{
	while (x->works && x->task.wait == XHCI_IDLE &&
	       (detach_something(x) || repair_something(x) ||
		look_at_something(x))) {}
}

/* What devices have told, and asking them again. */
static void talk_to_devices(struct xhci *x)
{
	for (u32 i = 0; i < XHCI_MAX_DEVICES; i++) {
		struct xhci_device *device = &x->device[i];

		if (!device->used || !device->ready || device->gone) {
			continue;
		}
		if (device->asked && xhci_went_well(device->completion)) {
			device->asked = false;
			device->errors = 0;
			if (device->function.kind == USB_HUB) {
				usb_hub_report(device);
			} else {
				usb_keyboard_report(device);
			}
		}
		/* A hub tells of a change as long as it is not cleared. */
		if (!device->asked && device->port_changes == 0) {
			xhci_ask(x, device);
		}
		usb_keyboard_repeat(device);
	}
}

static bool is_busy(const struct xhci *x)
{
	return x->works && x->task.wait != XHCI_IDLE;
}

static bool is_any_busy(void)
{
	for (u32 i = 0; i < count; i++) {
		if (is_busy(&controllers[i])) {
			return true;
		}
	}
	return false;
}

u32 usb_keyboards(void)
{
	u32 found = 0;

	for (u32 i = 0; i < count; i++) {
		for (u32 d = 0; d < XHCI_MAX_DEVICES; d++) {
			const struct xhci_device *device =
				&controllers[i].device[d];

			found += controllers[i].works && device->used &&
				 device->ready && !device->gone &&
				 device->function.kind == USB_KEYBOARD;
		}
	}
	return found;
}

static void tell_if_settled(void)
{
	void (*tell)(u32 keyboards) = tell_settled;

	if (tell != NULL &&
	    (usb_keyboards() != 0 ||
	     (clock_us() - started_us > SETTLE_US && !is_any_busy()))) {
		tell_settled = NULL;
		tell(usb_keyboards());
	}
}

static void fetch(void *state)
{
	u64 now = rdtsc();

	(void)state;
	if (count == 0 || this_cpu_index() != 0 ||
	    now - polled_tsc < clock_us_to_tsc(is_any_busy() ? BUSY_POLL_US
							     : USB_POLL_US)) {
		return;
	}
	polled_tsc = now;
	polls++;
	for (u32 i = 0; i < count; i++) {
		struct xhci *x = &controllers[i];

		if (x->works) {
			xhci_poll(x);
			talk_to_devices(x);
			do_something(x);
		}
	}
	tell_if_settled();
}

static const struct console_source_ops source_ops = { .fetch = fetch };

const struct console_source usb_source = {
	.ops = &source_ops,
	.name = "USB keyboard",
	.irq = -1,
	.is_patient = true,
};

u32 usb_start(void (*settled)(u32 keyboards))
{
	const struct pci_device *pci = NULL;

	while ((pci = pci_find_class(CLASS_XHCI, 0xffffff, pci)) != NULL) {
		const char *why = "there is room for no more";

		if (count < MAX_CONTROLLERS) {
			why = xhci_start(&controllers[count], pci);
		}
		if (why != NULL) {
			log_warn("usb: controller %02x:%02x.%u is not used: %s",
				 pci->at.bus, pci->at.device, pci->at.function,
				 why);
			continue;
		}
		log_detail("usb: controller %02x:%02x.%u (%04x:%04x) taken, %u "
			   "ports",
			   pci->at.bus, pci->at.device, pci->at.function,
			   pci->vendor, pci->id, controllers[count].ports);
		count++;
	}
	started_us = clock_us();
	tell_settled = settled;
	return count;
}

void usb_stop(void)
{
	for (u32 i = 0; i < count; i++) {
		xhci_stop(&controllers[i]);
	}
	count = 0;
}

const struct xhci *usb_controller(u32 i)
{
	return i < count ? &controllers[i] : NULL;
}

u64 usb_polls(void)
{
	return polls;
}
