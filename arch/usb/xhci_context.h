/*
 * The contexts by which the controller is told what a device is (xHCI
 * specification, "Slot Context", "Endpoint Context", "Input Context"). Pure.
 */
#pragma once

#include "arch/usb/xhci_registers.h"

#define XHCI_CONTEXTS 32u	/* of a device: its slot, and endpoints 1-31 */
#define XHCI_CONTEXT_CONTROL 1u /* endpoint 0 in both directions */

/* Where a device is, and what: all that a slot context says. */
struct xhci_slot {
	u8 speed; /* XHCI_*_SPEED */
	u8 root_port;
	u8 hub_port; /* of the hub at the root port; 0: there is none */
	/* The hub of high speed that talks to a slower device; slot 0: none. */
	u8 tt_slot, tt_port;
	u8 hub_ports; /* 0: it is no hub */
	u8 think_time;
};

/* An interrupt endpoint that brings data in. */
struct xhci_interrupt_in {
	u8 number; /* 1-15 */
	u16 max_packet;
	u8 interval; /* as the USB descriptor has it */
};

/* The number of the context of that endpoint. */
static inline u32 xhci_context_in(u8 endpoint)
{
	return endpoint * 2u + 1;
}

/* What endpoint 0 has at first: the device may say another size later. */
u16 xhci_first_max_packet(u8 speed);

/*
 * Each fills an input context of (XHCI_CONTEXTS + 1) * bytes bytes, bytes being
 * 32 or 64; ring is the physical address of an endpoint's empty ring.
 */
void xhci_context_address(void *input, u32 bytes, const struct xhci_slot *slot,
			  u16 max_packet, u64 ring);
void xhci_context_max_packet(void *input, u32 bytes, u16 max_packet);
void xhci_context_configure(void *input, u32 bytes,
			    const struct xhci_slot *slot,
			    const struct xhci_interrupt_in *endpoint, u64 ring);
