/*
 * The reports of USB keyboards in the boot protocol (Device Class Definition for
 * HID 1.11, "Boot Interface Descriptors"): which keys they press and release,
 * and the pressing again and again of one that is held down, which a PC's
 * keyboard does by itself. Pure; a report may be any bytes.
 */
#pragma once

#include "arch/console/key.h"

#define HID_REPORT_BYTES 8u
#define HID_MAX_EVENTS 20u /* eight modifiers, six keys and six others */

#define HID_REPEAT_DELAY_MS 500u
#define HID_REPEAT_MS 40u

/* All zero: nothing is held down. */
struct hid_keyboard {
	u8 report[HID_REPORT_BYTES]; /* the last one */
	u8 repeated;		     /* the key held down, or KEY_NONE */
	u64 repeat_at_ms;
};

/* Takes a report of `bytes` bytes; returns how many events it has written. */
size_t hid_report(struct hid_keyboard *keyboard, const u8 *report, size_t bytes,
		  u64 now_ms, struct key_event events[HID_MAX_EVENTS]);

/* Whether *event, a key that is held down, is due; call it now and then. */
bool hid_repeat(struct hid_keyboard *keyboard, u64 now_ms,
		struct key_event *event);
