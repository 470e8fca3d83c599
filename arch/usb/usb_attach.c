/*
 * USB 2.0, "Bus Enumeration"; xHCI specification, "USB Device Initialization".
 * What does not work out leaves the port alone until something is plugged in
 * again, and says so.
 */
#include "arch/usb/usb_attach.h"

#include "arch/console/console.h"
#include "arch/console/log.h"
#include "arch/mem/paging.h"
#include "arch/usb/usb_hub.h"
#include "arch/usb/usb_keyboard.h"
#include "arch/usb/usb_requests.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/string.h"

#define DEBOUNCE_MS 100u
#define RESET_LOOK_MS 10u
#define RESET_LOOKS 50u
#define RECOVERY_MS 20u
#define ADDRESSED_MS 10u
#define MOST_TRIES 3u
#define FIRST_BYTES                                                            \
	8u /* of a device descriptor: what any endpoint 0 can send */

static struct xhci_device *new_device(struct xhci *x)
{
	for (u32 i = 0; i < XHCI_MAX_DEVICES; i++) {
		struct xhci_device *device = &x->device[i];

		if (!device->used) {
			struct xhci_shared *shared = device->shared;

			memset(shared, 0, sizeof(*shared));
			*device = (struct xhci_device){ .used = true,
							.shared = shared };
			return device;
		}
	}
	return NULL;
}

/* Many a device needs a second reset; more than a few help none. */
static bool try_again(struct xhci *x)
{
	struct xhci_device *hub = x->task.hub;
	u8 port = x->task.port;
	u8 *failures = hub != NULL ? &hub->port_failures[port]
				   : &x->port_failures[port];

	if (++*failures == MOST_TRIES) {
		*failures = 0;
		return false;
	}
	if (hub != NULL) {
		hub->port_attach |= 1u << port;
	} else {
		xhci_set(x->port_known, port, false);
		xhci_set(x->port_changes, port, true);
	}
	return true;
}

static void fail(struct xhci *x, const char *what)
{
	struct xhci_device *device = x->task.device;
	const char *where = x->task.hub != NULL ? " of a hub: " : ": ";

	if (device != NULL) {
		device->gone = true;
	}
	if (try_again(x)) {
		log_detail("usb: the device at port %u%s%s; trying again",
			   x->task.port, where, what);
	} else {
		console_end_line();
		log_warn("usb: the device at port %u%s%s; unplug it and plug "
			 "it in again",
			 x->task.port, where, what);
	}
	xhci_done(x);
}

static bool failed(struct xhci *x, const char *what)
{
	char text[80];

	if (xhci_went_well(x->task.completion)) {
		return false;
	}
	fmt_snprintf(text, sizeof(text), "%s failed (completion code %u)", what,
		     x->task.completion);
	fail(x, text);
	return true;
}

static void get_descriptor(struct xhci *x, enum usb_descriptor_type type,
			   u16 length, xhci_step *then)
{
	xhci_control(x, x->task.device,
		     &(struct usb_setup){ .request_type = USB_FROM_DEVICE,
					  .request = USB_GET_DESCRIPTOR,
					  .value = (u16)(type << 8),
					  .length = length },
		     then);
}

/* It is set up: from now on its interrupt endpoint is asked. */
static void attached(struct xhci *x)
{
	struct xhci_device *device = x->task.device;

	log_detail("usb: %s %04x:%04x at port %u%s",
		   device->function.kind == USB_HUB ? "hub" : "keyboard",
		   device->info.vendor, device->info.product, x->task.port,
		   x->task.hub != NULL ? " of a hub" : "");
	device->ready = true;
	if (x->task.hub != NULL) {
		x->task.hub->port_failures[x->task.port] = 0;
	} else {
		x->port_failures[x->task.port] = 0;
	}
	xhci_done(x);
}

static void configured_endpoint(struct xhci *x)
{
	if (failed(x, "setting up its endpoint")) {
		return;
	}
	x->task.next = attached;
	if (x->task.device->function.kind == USB_HUB) {
		usb_hub_begin(x);
	} else {
		usb_keyboard_begin(x);
	}
}

static void configure_endpoint(struct xhci *x)
{
	struct xhci_device *device = x->task.device;
	const struct xhci_interrupt_in endpoint = {
		.number = device->function.endpoint,
		.max_packet = device->function.max_packet,
		.interval = device->function.interval,
	};

	xhci_ring_init(&device->interrupt, device->shared->interrupt,
		       XHCI_DEVICE_TRBS,
		       virt_to_phys(device->shared->interrupt));
	xhci_context_configure(x->input, x->context_bytes, &device->slot,
			       &endpoint,
			       virt_to_phys(device->shared->interrupt));
	xhci_command(x, virt_to_phys(x->input),
		     XHCI_TRB_TYPE(XHCI_CONFIGURE_ENDPOINT) |
			     XHCI_TRB_SLOT(device->slot_id),
		     configured_endpoint);
}

static void got_hub_descriptor(struct xhci *x)
{
	struct xhci_device *device = x->task.device;
	struct usb_hub_info info;

	if (failed(x, "its hub descriptor")) {
		return;
	}
	if (usb_read_hub(device->shared->data, x->task.received, &info) != 0) {
		fail(x, "its hub descriptor makes no sense");
		return;
	}
	device->slot.hub_ports = info.ports;
	device->slot.think_time = info.think_time;
	device->power_on_ms = info.power_on_ms;
	configure_endpoint(x);
}

static void set_configuration(struct xhci *x)
{
	if (failed(x, "choosing its configuration")) {
		return;
	}
	if (x->task.device->function.kind != USB_HUB) {
		configure_endpoint(x);
		return;
	}
	xhci_control(x, x->task.device,
		     &(struct usb_setup){ .request_type = USB_FROM_HUB,
					  .request = USB_GET_DESCRIPTOR,
					  .value = USB_DESCRIPTOR_HUB << 8,
					  .length = USB_HUB_DESCRIPTOR_BYTES },
		     got_hub_descriptor);
}

/* Others than keyboards and hubs, and hubs behind hubs, are left alone. */
static bool is_wanted(const struct xhci *x)
{
	enum usb_kind kind = x->task.device->function.kind;

	return kind == USB_KEYBOARD || (kind == USB_HUB && x->task.hub == NULL);
}

static void got_configuration(struct xhci *x)
{
	struct xhci_device *device = x->task.device;

	if (failed(x, "its configuration")) {
		return;
	}
	if (usb_read_configuration(device->shared->data, x->task.received,
				   &device->function) != 0) {
		fail(x, "its configuration makes no sense");
		return;
	}
	if (!is_wanted(x)) {
		log_detail("usb: %s %04x:%04x at port %u%s is left alone",
			   device->function.kind == USB_HUB ? "hub" : "device",
			   device->info.vendor, device->info.product,
			   x->task.port,
			   x->task.hub != NULL ? " of a hub" : "");
		device->gone = true;
		xhci_done(x);
		return;
	}
	xhci_control(x, device,
		     &(struct usb_setup){
			     .request_type = USB_TO_DEVICE,
			     .request = USB_SET_CONFIGURATION,
			     .value = device->function.configuration },
		     set_configuration);
}

static void got_configuration_header(struct xhci *x)
{
	u16 length;

	if (failed(x, "its configuration")) {
		return;
	}
	if (usb_read_configuration_length(x->task.device->shared->data,
					  x->task.received, &length) != 0) {
		fail(x, "its configuration makes no sense");
		return;
	}
	get_descriptor(x, USB_DESCRIPTOR_CONFIGURATION, length,
		       got_configuration);
}

static void got_device(struct xhci *x)
{
	struct xhci_device *device = x->task.device;

	if (failed(x, "its device descriptor")) {
		return;
	}
	if (usb_read_device(device->shared->data, x->task.received,
			    &device->info) != 0) {
		fail(x, "its device descriptor makes no sense");
		return;
	}
	get_descriptor(x, USB_DESCRIPTOR_CONFIGURATION,
		       USB_CONFIGURATION_HEADER_BYTES,
		       got_configuration_header);
}

static void set_max_packet(struct xhci *x)
{
	if (failed(x, "setting up endpoint 0")) {
		return;
	}
	get_descriptor(x, USB_DESCRIPTOR_DEVICE, USB_DEVICE_DESCRIPTOR_BYTES,
		       got_device);
}

/* Its byte 7: the packets of endpoint 0 may be larger than was assumed. */
static void got_first_bytes(struct xhci *x)
{
	struct xhci_device *device = x->task.device;
	u8 max_packet = device->shared->data[FIRST_BYTES - 1];

	if (failed(x, "its first answer")) {
		return;
	}
	if (max_packet == xhci_first_max_packet(device->slot.speed)) {
		set_max_packet(x);
		return;
	}
	xhci_context_max_packet(x->input, x->context_bytes, max_packet);
	xhci_command(x, virt_to_phys(x->input),
		     XHCI_TRB_TYPE(XHCI_EVALUATE_CONTEXT) |
			     XHCI_TRB_SLOT(device->slot_id),
		     set_max_packet);
}

static void ask_first_bytes(struct xhci *x)
{
	get_descriptor(x, USB_DESCRIPTOR_DEVICE, FIRST_BYTES, got_first_bytes);
}

static void addressed(struct xhci *x)
{
	if (!failed(x, "giving it an address")) {
		xhci_wait_ms(x, ADDRESSED_MS, ask_first_bytes);
	}
}

static void got_slot(struct xhci *x)
{
	struct xhci_device *device = x->task.device;

	if (failed(x, "asking for a slot")) {
		return;
	}
	device->slot_id = x->task.slot_id;
	xhci_ring_init(&device->control, device->shared->control,
		       XHCI_DEVICE_TRBS, virt_to_phys(device->shared->control));
	x->device_contexts[device->slot_id] =
		virt_to_phys(device->shared->contexts);
	xhci_context_address(x->input, x->context_bytes, &device->slot,
			     xhci_first_max_packet(device->slot.speed),
			     virt_to_phys(device->shared->control));
	xhci_command(x, virt_to_phys(x->input),
		     XHCI_TRB_TYPE(XHCI_ADDRESS_DEVICE) |
			     XHCI_TRB_SLOT(device->slot_id),
		     addressed);
}

/* The port is reset, and enabled: the device answers at address 0. */
static void enable_slot(struct xhci *x)
{
	xhci_command(x, 0, XHCI_TRB_TYPE(XHCI_ENABLE_SLOT), got_slot);
}

/* What is known of a device by its place; false: there is no room for it. */
static bool make_device(struct xhci *x)
{
	struct xhci_device *device = new_device(x);
	struct xhci_device *hub = x->task.hub;

	if (device == NULL) {
		fail(x, "there is no room for so many");
		return false;
	}
	x->task.device = device;
	device->hub = hub;
	device->slot.speed = x->task.speed;
	device->slot.root_port = x->task.port;
	if (hub != NULL) {
		device->slot.root_port = hub->slot.root_port;
		device->slot.hub_port = x->task.port;
		if (hub->slot.speed == XHCI_HIGH_SPEED &&
		    device->slot.speed != XHCI_HIGH_SPEED) {
			device->slot.tt_slot = hub->slot_id;
			device->slot.tt_port = x->task.port;
		}
	}
	return true;
}

static void reset_is_over(struct xhci *x)
{
	if (x->task.speed < XHCI_FULL_SPEED ||
	    x->task.speed > XHCI_HIGH_SPEED) {
		fail(x, "its speed is none of USB 2's");
	} else if (make_device(x)) {
		xhci_wait_ms(x, RECOVERY_MS, enable_slot);
	}
}

/* At a root port. */

static void look_at_reset(struct xhci *x)
{
	u32 port = xhci_port_read(x, x->task.port);

	if (!(port & XHCI_PORT_CONNECTED)) {
		xhci_done(x);
		return;
	}
	if (!(port & XHCI_PORT_RESET_CHANGE)) {
		if (++x->task.tries == RESET_LOOKS) {
			fail(x, "the port's reset does not end");
		} else {
			xhci_wait_ms(x, RESET_LOOK_MS, look_at_reset);
		}
		return;
	}
	xhci_port_set(x, x->task.port, XHCI_PORT_RESET_CHANGE);
	if (port & XHCI_PORT_ENABLED) {
		x->task.speed = XHCI_PORT_SPEED(port);
		reset_is_over(x);
	} else {
		fail(x, "the port does not turn on");
	}
}

static void reset_root_port(struct xhci *x)
{
	if (!(xhci_port_read(x, x->task.port) & XHCI_PORT_CONNECTED)) {
		xhci_done(x);
		return;
	}
	xhci_port_set(x, x->task.port, XHCI_PORT_RESET);
	xhci_wait_ms(x, RESET_LOOK_MS, look_at_reset);
}

void usb_attach_root(struct xhci *x, u8 port)
{
	x->task.port = port;
	xhci_wait_ms(x, DEBOUNCE_MS, reset_root_port);
}

/* At a port of a hub. */

static void cleared_reset(struct xhci *x)
{
	if (!failed(x, "the end of its reset")) {
		reset_is_over(x);
	}
}

static void look_at_hub_reset(struct xhci *x);

static void got_reset_status(struct xhci *x)
{
	u32 status = usb_hub_port_status(x);

	if (failed(x, "its port's status")) {
		return;
	}
	if (!(status & BIT(USB_PORT_CONNECTION))) {
		xhci_done(x);
		return;
	}
	if (!(status & BIT(USB_PORT_RESET_CHANGE))) {
		if (++x->task.tries == RESET_LOOKS) {
			fail(x, "the port's reset does not end");
		} else {
			xhci_wait_ms(x, RESET_LOOK_MS, look_at_hub_reset);
		}
		return;
	}
	x->task.speed = status & BIT(USB_PORT_LOW_SPEED)    ? XHCI_LOW_SPEED
			: status & BIT(USB_PORT_HIGH_SPEED) ? XHCI_HIGH_SPEED
							    : XHCI_FULL_SPEED;
	usb_hub_port_request(x, USB_CLEAR_FEATURE, USB_PORT_RESET_CHANGE,
			     cleared_reset);
}

static void look_at_hub_reset(struct xhci *x)
{
	usb_hub_port_request(x, USB_GET_STATUS, 0, got_reset_status);
}

static void began_hub_reset(struct xhci *x)
{
	if (!failed(x, "its reset")) {
		xhci_wait_ms(x, RESET_LOOK_MS, look_at_hub_reset);
	}
}

static void reset_hub_port(struct xhci *x)
{
	usb_hub_port_request(x, USB_SET_FEATURE, USB_PORT_RESET,
			     began_hub_reset);
}

void usb_attach_hub_port(struct xhci *x, struct xhci_device *hub, u8 port)
{
	x->task.hub = hub;
	x->task.port = port;
	xhci_wait_ms(x, DEBOUNCE_MS, reset_hub_port);
}

/* Gone. */

static void released(struct xhci *x)
{
	struct xhci_device *device = x->task.device;

	x->device_contexts[device->slot_id] = 0;
	device->used = false;
	xhci_done(x);
}

void usb_detach(struct xhci *x, struct xhci_device *device)
{
	if (device->ready) {
		usb_keyboard_release(device);
		log_detail("usb: the %s at port %u%s is gone",
			   device->function.kind == USB_HUB ? "hub"
							    : "keyboard",
			   device->hub != NULL ? device->slot.hub_port
					       : device->slot.root_port,
			   device->hub != NULL ? " of a hub" : "");
	}
	x->task.device = device;
	if (device->slot_id == 0) {
		device->used = false;
		xhci_done(x);
		return;
	}
	xhci_command(x, 0,
		     XHCI_TRB_TYPE(XHCI_DISABLE_SLOT) |
			     XHCI_TRB_SLOT(device->slot_id),
		     released);
}
