/*
 * From the scan codes of a PC keyboard (set 1, which the keyboard controller
 * translates to) to the bytes that a terminal would send for the same keys. US
 * layout. Pure.
 */
#pragma once

#include "lib/types.h"

#define SCANCODES_MAX_BYTES 4 /* that one key can stand for */

/* All zero: nothing is held down. */
struct scancodes {
	u8 prefix;	/* E0h or E1h, if that was the last code */
	u8 passed_over; /* codes still to come of the Pause key's */
	bool left_shift, right_shift, ctrl;
	bool caps_lock, num_lock;
};

/* Takes one code; returns how many bytes it has written, mostly 0 or 1. */
size_t scancodes_feed(struct scancodes *keys, u8 code,
		      char bytes[SCANCODES_MAX_BYTES]);

/*
 * Sets what is held down from the BIOS's byte 40:17, for whoever was away while
 * the BIOS had the keyboard; with locks, what is locked as well.
 */
void scancodes_sync(struct scancodes *keys, u8 bios_flags, bool locks);
