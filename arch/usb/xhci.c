/* See xhci.h: commands, transfers and the events that end them. */
#include "arch/usb/xhci.h"

#include "arch/clock.h"
#include "arch/console/console.h"
#include "arch/console/log.h"
#include "arch/mem/paging.h"
#include "lib/string.h"

#define COMMAND_PATIENCE_MS 1000u
#define TRANSFER_PATIENCE_MS 1000u
#define MOST_EVENTS 512u /* at once; a broken controller may never end */
#define USB_DIRECTION_IN 0x80u
#define SET_DEQUEUE_CYCLE 1u

static volatile u8 *port_register(struct xhci *x, u8 port)
{
	return x->operational + XHCI_PORTSC + (port - 1) * XHCI_PORT_BYTES;
}

u32 xhci_port_read(struct xhci *x, u8 port)
{
	return xhci_read(port_register(x, port), 0);
}

void xhci_port_set(struct xhci *x, u8 port, u32 bits)
{
	u32 kept = xhci_port_read(x, port) & XHCI_PORT_KEPT;

	xhci_write(port_register(x, port), 0, kept | bits);
}

/* It does not do what it should. */
static void give_up(struct xhci *x, const char *why)
{
	console_end_line();
	log_error("usb: controller %02x:%02x.%u: %s; it is left alone from now "
		  "on",
		  x->pci.at.bus, x->pci.at.device, x->pci.at.function, why);
	x->works = false;
	xhci_write(x->operational, XHCI_USBCMD, 0);
}

static void ring_doorbell(struct xhci *x, u32 slot, u32 target)
{
	xhci_write(x->doorbells, slot * (u32)sizeof(u32), target);
}

static void wait(struct xhci *x, enum xhci_wait kind, u32 ms, xhci_step *then)
{
	x->task.wait = kind;
	x->task.since_tsc = rdtsc();
	x->task.limit_tsc = clock_us_to_tsc(ms * 1000ull);
	x->task.then = then;
}

void xhci_wait_ms(struct xhci *x, u32 ms, xhci_step *then)
{
	wait(x, XHCI_WAITS_FOR_TIME, ms, then);
}

void xhci_command(struct xhci *x, u64 parameter, u32 control, xhci_step *then)
{
	u32 at = xhci_ring_put(&x->commands, parameter, 0, control);

	x->task.trb = virt_to_phys(&x->commands.trb[at]);
	wait(x, XHCI_WAITS_FOR_COMMAND, COMMAND_PATIENCE_MS, then);
	ring_doorbell(x, 0, 0);
}

static u64 put(struct xhci_ring *ring, u64 parameter, u32 status, u32 control)
{
	return virt_to_phys(
		&ring->trb[xhci_ring_put(ring, parameter, status, control)]);
}

void xhci_control(struct xhci *x, struct xhci_device *device,
		  const struct usb_setup *setup, xhci_step *then)
{
	struct xhci_ring *ring = &device->control;
	bool in = (setup->request_type & USB_DIRECTION_IN) != 0;
	u32 length = MIN(setup->length, XHCI_DATA_BYTES);
	struct usb_setup sent = *setup;
	u64 words;

	sent.length = (u16)length;
	memcpy(&words, &sent, sizeof(words));
	put(ring, words, sizeof(words),
	    XHCI_TRB_TYPE(XHCI_SETUP_STAGE) | XHCI_TRB_IMMEDIATE |
		    (length != 0 ? XHCI_TRB_STAGE_IN : 0));
	x->task.data_trb = 0;
	if (length != 0) {
		x->task.data_trb =
			put(ring, virt_to_phys(device->shared->data), length,
			    XHCI_TRB_TYPE(XHCI_DATA_STAGE) | XHCI_TRB_SHORT |
				    XHCI_TRB_DIRECTION_IN);
	}
	x->task.trb = put(ring, 0, 0,
			  XHCI_TRB_TYPE(XHCI_STATUS_STAGE) | XHCI_TRB_EVENT |
				  (in ? 0 : XHCI_TRB_DIRECTION_IN));
	x->task.received = length;
	x->task.target = device;
	wait(x, XHCI_WAITS_FOR_TRANSFER, TRANSFER_PATIENCE_MS, then);
	ring_doorbell(x, device->slot_id, XHCI_CONTEXT_CONTROL);
}

void xhci_done(struct xhci *x)
{
	x->task = (struct xhci_task){ .wait = XHCI_IDLE };
}

void xhci_ask(struct xhci *x, struct xhci_device *device)
{
	device->completion = XHCI_NOTHING_YET;
	device->asked = true;
	xhci_ring_put(&device->interrupt, virt_to_phys(device->shared->report),
		      device->function.max_packet,
		      XHCI_TRB_TYPE(XHCI_NORMAL) | XHCI_TRB_SHORT |
			      XHCI_TRB_EVENT);
	ring_doorbell(x, device->slot_id,
		      xhci_context_in(device->function.endpoint));
}

static struct xhci_device *find_slot(struct xhci *x, u32 slot_id)
{
	for (u32 i = 0; i < XHCI_MAX_DEVICES; i++) {
		struct xhci_device *device = &x->device[i];

		if (device->used && device->slot_id == slot_id &&
		    slot_id != 0) {
			return device;
		}
	}
	return NULL;
}

static void end_wait(struct xhci *x, u32 completion)
{
	xhci_step *then = x->task.then;

	x->task.wait = XHCI_IDLE;
	x->task.completion = completion;
	then(x);
}

static void repaired(struct xhci *x)
{
	x->task.completion = x->task.failed_with;
	x->task.after_repair(x);
}

static void set_dequeue(struct xhci *x)
{
	const struct xhci_ring *ring = x->task.repaired_ring;

	xhci_command(x,
		     virt_to_phys(&ring->trb[ring->at]) |
			     (ring->cycle ? SET_DEQUEUE_CYCLE : 0),
		     XHCI_TRB_TYPE(XHCI_SET_TR_DEQUEUE) |
			     XHCI_TRB_SLOT(x->task.target->slot_id) |
			     XHCI_TRB_ENDPOINT(x->task.repaired_context),
		     repaired);
}

void xhci_repair(struct xhci *x, struct xhci_device *device,
		 const struct xhci_ring *ring, u32 context, xhci_step *then)
{
	x->task.target = device;
	x->task.repaired_ring = ring;
	x->task.repaired_context = context;
	x->task.after_repair = then;
	xhci_command(x, 0,
		     XHCI_TRB_TYPE(XHCI_RESET_ENDPOINT) |
			     XHCI_TRB_SLOT(device->slot_id) |
			     XHCI_TRB_ENDPOINT(context),
		     set_dequeue);
}

/* Of a control transfer: the data stage's event tells of a short packet. */
static void take_control_event(struct xhci *x, const struct xhci_trb *event)
{
	u32 completion = XHCI_COMPLETION_OF(event->status);
	struct xhci_task *task = &x->task;

	if (task->wait != XHCI_WAITS_FOR_TRANSFER) {
		return;
	}
	if (completion == XHCI_STALL || completion == XHCI_BABBLE ||
	    completion == XHCI_TRANSACTION_ERROR) {
		task->failed_with = completion;
		xhci_repair(x, task->target, &task->target->control,
			    XHCI_CONTEXT_CONTROL, task->then);
	} else if (event->parameter == task->data_trb &&
		   completion == XHCI_SHORT_PACKET) {
		task->received -=
			MIN(XHCI_RESIDUE_OF(event->status), task->received);
	} else if (event->parameter == task->trb ||
		   completion != XHCI_SUCCESS) {
		end_wait(x, completion);
	}
}

static void take_interrupt_event(struct xhci_device *device,
				 const struct xhci_trb *event)
{
	u32 most = device->function.max_packet;

	device->completion = XHCI_COMPLETION_OF(event->status);
	device->received = most - MIN(XHCI_RESIDUE_OF(event->status), most);
}

static void take_event(struct xhci *x, const struct xhci_trb *event)
{
	struct xhci_device *device;
	u32 port;

	switch (XHCI_TRB_TYPE_OF(event->control)) {
	case XHCI_PORT_EVENT:
		port = (u32)event->parameter >> 24;
		xhci_set(x->port_changes, port, true);
		break;
	case XHCI_COMMAND_EVENT:
		if (x->task.wait == XHCI_WAITS_FOR_COMMAND &&
		    event->parameter == x->task.trb) {
			x->task.slot_id = (u8)XHCI_TRB_SLOT_OF(event->control);
			end_wait(x, XHCI_COMPLETION_OF(event->status));
		}
		break;
	case XHCI_TRANSFER_EVENT:
		device = find_slot(x, XHCI_TRB_SLOT_OF(event->control));
		if (device == NULL) {
			break;
		}
		if (XHCI_TRB_ENDPOINT_OF(event->control) !=
		    XHCI_CONTEXT_CONTROL) {
			take_interrupt_event(device, event);
		} else if (device == x->task.target) {
			take_control_event(x, event);
		}
		break;
	default:
		break;
	}
}

static void take_events(struct xhci *x)
{
	struct xhci_trb event;
	u32 taken = 0;

	while (x->works && taken < MOST_EVENTS &&
	       xhci_ring_take(&x->events, &event)) {
		taken++;
		take_event(x, &event);
	}
	if (taken != 0) {
		u64 next = virt_to_phys(&x->events.trb[x->events.at]);

		xhci_write(x->runtime, XHCI_ERDP, (u32)next | XHCI_ERDP_BUSY);
		xhci_write(x->runtime, XHCI_ERDP + 4, (u32)(next >> 32));
	}
}

void xhci_poll(struct xhci *x)
{
	struct xhci_task *task = &x->task;

	take_events(x);
	if (!x->works || task->wait == XHCI_IDLE ||
	    !clock_has_passed(task->since_tsc, task->limit_tsc)) {
		return;
	}
	if (task->wait == XHCI_WAITS_FOR_COMMAND) {
		give_up(x, "it does not answer a command");
	} else {
		end_wait(x, task->wait == XHCI_WAITS_FOR_TIME
				    ? XHCI_SUCCESS
				    : XHCI_OUT_OF_TIME);
	}
}
