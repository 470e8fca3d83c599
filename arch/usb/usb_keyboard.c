/* See usb_keyboard.h. */
#include "arch/usb/usb_keyboard.h"

#include "arch/clock.h"
#include "arch/console/keys.h"
#include "arch/usb/usb_requests.h"

static u64 now_ms(void)
{
	return clock_us() / 1000;
}

static void request(struct xhci *x, enum usb_request what, xhci_step *then)
{
	xhci_control(x, x->task.device,
		     &(struct usb_setup){
			     .request_type = USB_TO_INTERFACE_CLASS,
			     .request = (u8)what,
			     .value = 0, /* boot protocol; no repeats */
			     .index = x->task.device->function.interface },
		     then);
}

/* Some keyboards know neither request and do what is wanted all the same. */
static void set_idle(struct xhci *x)
{
	request(x, USB_HID_SET_IDLE, x->task.next);
}

void usb_keyboard_begin(struct xhci *x)
{
	request(x, USB_HID_SET_PROTOCOL, set_idle);
}

static void send(const struct key_event *events, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		keys_event(events[i]);
	}
}

void usb_keyboard_report(struct xhci_device *device)
{
	struct key_event events[HID_MAX_EVENTS];

	send(events, hid_report(&device->keyboard, device->shared->report,
				device->received, now_ms(), events));
}

void usb_keyboard_repeat(struct xhci_device *device)
{
	struct key_event event;

	if (hid_repeat(&device->keyboard, now_ms(), &event)) {
		send(&event, 1);
	}
}

void usb_keyboard_release(struct xhci_device *device)
{
	static const u8 nothing[HID_REPORT_BYTES];
	struct key_event events[HID_MAX_EVENTS];

	send(events, hid_report(&device->keyboard, nothing, sizeof(nothing),
				now_ms(), events));
}
