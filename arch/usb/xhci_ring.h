/*
 * A ring of TRBs that software fills and the controller reads, and the other way
 * round (xHCI specification, "Ring Data Structures"). Pure: the caller rings.
 */
#pragma once

#include "arch/usb/xhci_registers.h"

struct xhci_ring {
	struct xhci_trb *trb;
	u32 count;
	u32 at;	   /* the next one to be written or read */
	u32 cycle; /* what its cycle bit is then: 0 or 1 */
};

/*
 * One that is written: the last of its `count` zeroed TRBs, at physical address
 * phys, becomes a link to the first.
 */
void xhci_ring_init(struct xhci_ring *ring, struct xhci_trb *trb, u32 count,
		    u64 phys);

/*
 * Hands the controller one more; control without cycle bit. No more than
 * count - 1 may be on their way. Returns where it stands.
 */
u32 xhci_ring_put(struct xhci_ring *ring, u64 parameter, u32 status,
		  u32 control);

/* One that is read, of `count` zeroed TRBs. */
void xhci_ring_init_events(struct xhci_ring *ring, struct xhci_trb *trb,
			   u32 count);

/* The next event, if the controller has written one; false: not yet. */
bool xhci_ring_take(struct xhci_ring *ring, struct xhci_trb *event);
