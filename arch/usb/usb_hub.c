/* See usb_hub.h. */
#include "arch/usb/usb_hub.h"

#include "arch/console/console.h"
#include "arch/console/log.h"
#include "lib/string.h"

#define POWER_MS_AT_LEAST 100u /* some hubs promise too much */
#define PORT_STATUS_BYTES 4u

void usb_hub_port_request(struct xhci *x, enum usb_request request,
			  enum usb_port_feature feature, xhci_step *then)
{
	bool in = request == USB_GET_STATUS;

	xhci_control(x, x->task.hub,
		     &(struct usb_setup){ .request_type = in ? USB_FROM_HUB_PORT
							     : USB_TO_HUB_PORT,
					  .request = (u8)request,
					  .value = (u16)feature,
					  .index = x->task.port,
					  .length =
						  in ? PORT_STATUS_BYTES : 0 },
		     then);
}

u32 usb_hub_port_status(const struct xhci *x)
{
	u32 status;

	memcpy(&status, x->task.hub->shared->data, sizeof(status));
	return status;
}

/* Ports that are to have power: one after the other. */

static void powered(struct xhci *x)
{
	struct xhci_device *hub = x->task.device;

	x->task.hub = NULL;
	x->task.port = hub->slot.root_port;
	hub->port_changes = (2u << hub->slot.hub_ports) - 2;
	x->task.next(x);
}

static void power_next(struct xhci *x)
{
	struct xhci_device *hub = x->task.device;

	/* One that cannot be switched has power all the time. */
	if (x->task.port == hub->slot.hub_ports) {
		xhci_wait_ms(x, MAX(hub->power_on_ms, POWER_MS_AT_LEAST),
			     powered);
		return;
	}
	x->task.port++;
	usb_hub_port_request(x, USB_SET_FEATURE, USB_PORT_POWER, power_next);
}

void usb_hub_begin(struct xhci *x)
{
	x->task.hub = x->task.device;
	x->task.port = 0;
	power_next(x);
}

void usb_hub_report(struct xhci_device *hub)
{
	u32 ports = (2u << hub->slot.hub_ports) - 2;
	u32 bits = 0;

	memcpy(&bits, hub->shared->report, MIN(hub->received, sizeof(bits)));
	hub->port_changes |= bits & ports;
}

/* The device that is known at task.port of task.hub, or NULL. */
static struct xhci_device *known_device(struct xhci *x)
{
	for (u32 i = 0; i < XHCI_MAX_DEVICES; i++) {
		struct xhci_device *device = &x->device[i];

		if (device->used && device->hub == x->task.hub &&
		    device->slot.hub_port == x->task.port) {
			return device;
		}
	}
	return NULL;
}

/* A reset, our own for one, is a change as well: the device is the same. */
static void looked_at(struct xhci *x)
{
	struct xhci_device *device = known_device(x);
	struct xhci_device *hub = x->task.hub;
	u32 port = 1u << x->task.port;
	u32 status = x->task.status;
	bool connected = (status & BIT(USB_PORT_CONNECTION)) != 0;

	if (!connected || (status & BIT(USB_PORT_CHANGES))) {
		hub->port_known &= ~port;
		if (device != NULL) {
			device->gone = true;
		}
	}
	if (connected && !(hub->port_known & port)) {
		hub->port_known |= port;
		hub->port_attach |= port;
	}
	xhci_done(x);
}

/* Each change has to be cleared by itself, or the hub tells it for ever. */
static void clear_next(struct xhci *x)
{
	while (++x->task.tries < USB_PORT_FEATURES_END) {
		if (x->task.status & BIT(x->task.tries)) {
			usb_hub_port_request(x, USB_CLEAR_FEATURE,
					     x->task.tries, clear_next);
			return;
		}
	}
	looked_at(x);
}

static void got_status(struct xhci *x)
{
	u32 status = usb_hub_port_status(x);

	if (!xhci_went_well(x->task.completion)) {
		console_end_line();
		log_warn("usb: the hub at port %u does not tell of its port "
			 "%u",
			 x->task.hub->slot.root_port, x->task.port);
		x->task.hub->gone = true;
		xhci_done(x);
		return;
	}
	x->task.status = status;
	x->task.tries = USB_PORT_CHANGES - 1;
	clear_next(x);
}

void usb_hub_look(struct xhci *x, struct xhci_device *hub, u8 port)
{
	x->task.hub = hub;
	x->task.port = port;
	usb_hub_port_request(x, USB_GET_STATUS, 0, got_status);
}
