/*
 * A TRB belongs to whom its cycle bit says, so that bit is written last and read
 * first. Processors of this kind keep stores in order, and loads; the compiler
 * has to be told.
 */
/* build: pure */
#include "arch/usb/xhci_ring.h"

static void store(struct xhci_trb *to, u64 parameter, u32 status, u32 control)
{
	to->parameter = parameter;
	to->status = status;
	__atomic_store_n(&to->control, control, __ATOMIC_RELEASE);
}

void xhci_ring_init(struct xhci_ring *ring, struct xhci_trb *trb, u32 count,
		    u64 phys)
{
	*ring = (struct xhci_ring){ .trb = trb, .count = count, .cycle = 1 };
	trb[count - 1].parameter = phys;
	trb[count - 1].control = XHCI_TRB_TYPE(XHCI_LINK) | XHCI_TRB_TOGGLE;
}

/* Hands the link over, too, and goes on at the beginning. */
static void wrap(struct xhci_ring *ring)
{
	struct xhci_trb *link = &ring->trb[ring->at];

	store(link, link->parameter, 0,
	      (link->control & ~XHCI_TRB_CYCLE) | ring->cycle);
	ring->at = 0;
	ring->cycle ^= 1;
}

u32 xhci_ring_put(struct xhci_ring *ring, u64 parameter, u32 status,
		  u32 control)
{
	u32 at = ring->at;

	store(&ring->trb[at], parameter, status, control | ring->cycle);
	ring->at++;
	if (ring->at == ring->count - 1) {
		wrap(ring);
	}
	return at;
}

void xhci_ring_init_events(struct xhci_ring *ring, struct xhci_trb *trb,
			   u32 count)
{
	*ring = (struct xhci_ring){ .trb = trb, .count = count, .cycle = 1 };
}

bool xhci_ring_take(struct xhci_ring *ring, struct xhci_trb *event)
{
	const struct xhci_trb *next = &ring->trb[ring->at];
	u32 control = __atomic_load_n(&next->control, __ATOMIC_ACQUIRE);

	if ((control & XHCI_TRB_CYCLE) != ring->cycle) {
		return false;
	}
	*event = *next;
	event->control = control;
	ring->at++;
	if (ring->at == ring->count) {
		ring->at = 0;
		ring->cycle ^= 1;
	}
	return true;
}
