/*
 * The USB keyboards behind the machine's xHCI controllers, at their ports and
 * behind one level of hubs. They are polled by the console, on the boot core; no
 * interrupt is used. From usb_start() to usb_stop() the controllers are ours, and
 * nobody else's: firmware, a BIOS's included, finds no keyboard and no disk on
 * them.
 */
#pragma once

#include "arch/console/console_source.h"
#include "arch/usb/xhci.h"

#define USB_POLL_US 10000u /* at most that often, while nothing is going on */

/*
 * Takes the controllers; returns how many there are that work. settled is called
 * once, when it is known whether there is a keyboard. Boot core, once, when
 * the clock runs and before others do.
 */
u32 usb_start(void (*settled)(u32 keyboards));

/* Gives the controllers back. Also in a panic. */
void usb_stop(void);

/* A source of the console's; nothing is asked before usb_start(). */
extern const struct console_source usb_source;

/* The keyboards that work now. */
u32 usb_keyboards(void);

/* The controllers that were taken, one after the other; NULL: no more. */
const struct xhci *usb_controller(u32 i);

/* How often they have been polled in all. */
u64 usb_polls(void);
