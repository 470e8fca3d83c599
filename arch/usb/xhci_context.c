/* See xhci_context.h. Called by arch/usb/usb_attach.c, before each command. */
/* build: pure */
#include "arch/usb/xhci_context.h"

#include "lib/string.h"

#define ENDPOINT_CONTROL 4u
#define ENDPOINT_INTERRUPT_IN 7u
#define ERROR_COUNT 3u
#define RING_CYCLE 1u
#define INTERVAL_MIN_SLOW 3u /* a frame, in powers of two of microframes */
#define INTERVAL_MAX_SLOW 10u
#define INTERVAL_MAX_HIGH 15u
#define HUB BIT(26)

/* The words of the context of that number; the first says which are given. */
static u32 *context(void *input, u32 bytes, u32 number)
{
	return (u32 *)((u8 *)input + number * bytes);
}

/* Empty but for which contexts are given: bit 0 is the slot's. */
static void begin(void *input, u32 bytes, u32 given)
{
	memset(input, 0, (XHCI_CONTEXTS + 1) * bytes);
	context(input, bytes, 0)[1] = given;
}

static void fill_slot(void *input, u32 bytes, const struct xhci_slot *slot,
		      u32 last)
{
	u32 *words = context(input, bytes, 1);

	words[0] = last << 27 | (slot->hub_ports != 0 ? (u32)HUB : 0) |
		   (u32)slot->speed << 20 | slot->hub_port;
	words[1] = (u32)slot->hub_ports << 24 | (u32)slot->root_port << 16;
	words[2] = (u32)slot->think_time << 16 | (u32)slot->tt_port << 8 |
		   slot->tt_slot;
}

static void fill_endpoint(void *input, u32 bytes, u32 number, u32 type,
			  u16 max_packet, u64 ring)
{
	u32 *words = context(input, bytes, number + 1);

	words[1] = (u32)max_packet << 16 | type << 3 | ERROR_COUNT << 1;
	words[2] = (u32)ring | RING_CYCLE;
	words[3] = (u32)(ring >> 32);
	words[4] = 8; /* the average of what is transferred */
}

/*
 * The period as a power of two of microframes. For slow devices the descriptor
 * counts frames: no more than it says. For fast ones it is such a power itself.
 */
static u32 period(u8 speed, u8 interval)
{
	u32 microframes = MAX(interval, 1) * 8u;
	u32 power = INTERVAL_MIN_SLOW;

	if (speed == XHCI_HIGH_SPEED) {
		return MIN(MAX(interval, 1u) - 1u, INTERVAL_MAX_HIGH);
	}
	while (power < INTERVAL_MAX_SLOW && 2u << power <= microframes) {
		power++;
	}
	return power;
}

u16 xhci_first_max_packet(u8 speed)
{
	return speed == XHCI_HIGH_SPEED ? 64 : 8;
}

void xhci_context_address(void *input, u32 bytes, const struct xhci_slot *slot,
			  u16 max_packet, u64 ring)
{
	begin(input, bytes, 1u | 1u << XHCI_CONTEXT_CONTROL);
	fill_slot(input, bytes, slot, XHCI_CONTEXT_CONTROL);
	fill_endpoint(input, bytes, XHCI_CONTEXT_CONTROL, ENDPOINT_CONTROL,
		      max_packet, ring);
}

void xhci_context_max_packet(void *input, u32 bytes, u16 max_packet)
{
	begin(input, bytes, 1u << XHCI_CONTEXT_CONTROL);
	context(input, bytes, XHCI_CONTEXT_CONTROL + 1)[1] =
		(u32)max_packet << 16 | ENDPOINT_CONTROL << 3 |
		ERROR_COUNT << 1;
}

void xhci_context_configure(void *input, u32 bytes,
			    const struct xhci_slot *slot,
			    const struct xhci_interrupt_in *endpoint, u64 ring)
{
	u32 number = xhci_context_in(endpoint->number);
	u32 *words = context(input, bytes, number + 1);

	begin(input, bytes, 1u | 1u << number);
	fill_slot(input, bytes, slot, number);
	fill_endpoint(input, bytes, number, ENDPOINT_INTERRUPT_IN,
		      endpoint->max_packet, ring);
	words[0] = period(slot->speed, endpoint->interval) << 16;
	/* As much as one period may bring. */
	words[4] |= (u32)endpoint->max_packet << 16;
}
