/*
 * An xHCI controller: one thing at a time is done on it, be it a command, a
 * control transfer or a wait, and a function is called when that has come to its
 * end. Nothing here ever waits by itself; xhci_poll() finds out what has
 * happened. Boot core alone, interrupts off.
 */
#pragma once

#include "arch/pci/pci.h"
#include "arch/usb/hid.h"
#include "arch/usb/intel_routes.h"
#include "arch/usb/usb_descriptors.h"
#include "arch/usb/xhci_context.h"
#include "arch/usb/xhci_ring.h"

#define XHCI_MAX_DEVICES 16u /* in use at a time on one controller */
#define XHCI_DATA_BYTES 512u /* of a control transfer; more is cut off */
#define XHCI_REPORT_BYTES 1024u
#define XHCI_DEVICE_TRBS 16u /* in each of a device's two rings */

struct xhci;
typedef void xhci_step(struct xhci *x);

/* What the controller and we share of a device: a page. */
struct xhci_shared {
	u8 contexts[XHCI_CONTEXTS * 64]; /* the controller's */
	struct xhci_trb control[XHCI_DEVICE_TRBS];
	struct xhci_trb interrupt[XHCI_DEVICE_TRBS];
	u8 data[XHCI_DATA_BYTES];
	u8 report[XHCI_REPORT_BYTES];
};
static_assert(sizeof(struct xhci_shared) <= PAGE_SIZE, "in one page");

struct xhci_device {
	bool used;
	bool gone;  /* unplugged, or of no use any more */
	u8 slot_id; /* 0: the controller does not know it yet */
	struct xhci_slot slot;
	struct xhci_device *hub; /* that it is plugged into; NULL: root port */
	struct usb_device_info info;
	struct usb_function function;
	struct xhci_ring control, interrupt;
	struct xhci_shared *shared;

	/* Of its interrupt endpoint. */
	bool ready; /* it is set up, and may be asked */
	bool asked;
	u8 errors;	/* in a row */
	u32 completion; /* XHCI_NOTHING_YET, or how the last one ended */
	u32 received;	/* bytes of shared->report */

	struct hid_keyboard keyboard;
	u16 power_on_ms; /* of a hub's ports */
	/*
	 * Of a hub, a bit for each port: to be looked at, to be attached, and
	 * what is plugged into it is known, be it of use or not.
	 */
	u32 port_changes, port_attach, port_known;
	u8 port_failures[USB_HUB_MAX_PORTS + 1]; /* in a row */
};

enum xhci_wait {
	XHCI_IDLE,
	XHCI_WAITS_FOR_COMMAND,
	XHCI_WAITS_FOR_TRANSFER,
	XHCI_WAITS_FOR_TIME,
};

/* What is being done. */
struct xhci_task {
	enum xhci_wait wait;
	u64 since_tsc, limit_tsc;
	xhci_step *then;
	u64 trb; /* the physical address whose event ends the wait */
	u64 data_trb;
	u32 completion; /* XHCI_*, when `then` is called */
	u32 received;	/* bytes in shared->data */
	u8 slot_id;	/* that a command's event names */
	/* Of a control transfer that went wrong, while its ring is put right. */
	const struct xhci_ring *repaired_ring;
	u32 repaired_context;
	xhci_step *after_repair;
	u32 failed_with;
	struct xhci_device *target; /* of a control transfer */
	/* The steps' own. */
	struct xhci_device *device;
	struct xhci_device *hub; /* NULL: the port is the controller's own */
	u8 port;
	u8 speed;
	u8 tries;
	u32 status;	 /* of a hub's port */
	xhci_step *next; /* behind some steps that several use */
};

struct xhci {
	bool works;
	struct pci_device pci;
	u64 phys, bytes; /* of its registers */
	volatile u8 *capability, *operational, *runtime, *doorbells;
	volatile u32 *legacy; /* NULL: no firmware has ever had it */
	u32 legacy_smis;      /* those that it had enabled */
	u16 command;	      /* PCI_COMMAND as it was */
	struct intel_routes routes;
	u32 context_bytes;
	u8 slots, ports;
	u32 scratchpads;
	u64 port_is_usb2[4];   /* bit n: port n is for USB 2 and below */
	u64 port_changes[4];   /* bit n: port n is to be looked at */
	u64 port_known[4];     /* bit n: what is in port n is known */
	u8 port_failures[256]; /* in a row */

	struct xhci_ring commands, events;
	u64 *device_contexts; /* addresses, by slot */
	void *input;	      /* an input context */
	struct xhci_device device[XHCI_MAX_DEVICES];
	struct xhci_task task;
};

/* Any register of 32 bits. */
static inline u32 xhci_read(volatile u8 *base, u32 at)
{
	return *(volatile u32 *)(base + at);
}

static inline void xhci_write(volatile u8 *base, u32 at, u32 value)
{
	*(volatile u32 *)(base + at) = value;
}

static inline bool xhci_is_set(const u64 set[4], u32 bit)
{
	return (set[bit / 64] & BIT(bit % 64)) != 0;
}

static inline void xhci_set(u64 set[4], u32 bit, bool value)
{
	set[bit / 64] &= ~BIT(bit % 64);
	set[bit / 64] |= value ? BIT(bit % 64) : 0;
}

u32 xhci_port_read(struct xhci *x, u8 port);

/* Sets bits of a port's register, or acknowledges changes, and nothing else. */
void xhci_port_set(struct xhci *x, u8 port, u32 bits);

/* Each starts something; then is called when it has ended, well or not. */

/* control: XHCI_TRB_TYPE() and XHCI_TRB_SLOT(). */
void xhci_command(struct xhci *x, u64 parameter, u32 control, xhci_step *then);

/*
 * A control transfer (USB 2.0, "USB Device Requests"); what comes in is in
 * device->shared->data, at most XHCI_DATA_BYTES.
 */
struct usb_setup {
	u8 request_type;
	u8 request;
	u16 value;
	u16 index;
	u16 length;
};
void xhci_control(struct xhci *x, struct xhci_device *device,
		  const struct usb_setup *setup, xhci_step *then);

/*
 * Sets the ring of a halted endpoint's context right: the controller goes on
 * behind what it has halted at.
 */
void xhci_repair(struct xhci *x, struct xhci_device *device,
		 const struct xhci_ring *ring, u32 context, xhci_step *then);

void xhci_wait_ms(struct xhci *x, u32 ms, xhci_step *then);

/* The task has come to its end: the next may begin. */
void xhci_done(struct xhci *x);

/* Asks a device's interrupt endpoint for what it has. */
void xhci_ask(struct xhci *x, struct xhci_device *device);

/* Takes all events, and goes on with the task if what it waits for has come. */
void xhci_poll(struct xhci *x);
