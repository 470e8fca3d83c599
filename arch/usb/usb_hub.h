/* Hubs: USB 2.0, "Hub Specification". Steps of the controller's tasks. */
#pragma once

#include "arch/usb/usb_requests.h"
#include "arch/usb/xhci.h"

/*
 * task.device is a hub that has just been configured: powers its ports, marks
 * all to be looked at, and goes on with task.next.
 */
void usb_hub_begin(struct xhci *x);

/*
 * A request about task.port of task.hub; of USB_GET_STATUS usb_hub_port_status()
 * then has the answer, bits by enum usb_port_feature.
 */
void usb_hub_port_request(struct xhci *x, enum usb_request request,
			  enum usb_port_feature feature, xhci_step *then);
u32 usb_hub_port_status(const struct xhci *x);

/* The hub's interrupt endpoint has told which ports have changed. */
void usb_hub_report(struct xhci_device *hub);

/*
 * A task: looks at a port that has changed. A device there is gone after that,
 * and what is there now is in hub->port_attach.
 */
void usb_hub_look(struct xhci *x, struct xhci_device *hub, u8 port);
