/*
 * From the scan codes of a PC keyboard (set 1, which the keyboard controller
 * translates to) to keys. Pure.
 */
#pragma once

#include "arch/console/key.h"

/* All zero: no code of several bytes has begun. */
struct scancodes {
	u8 prefix;	/* E0h or E1h, if that was the last code */
	u8 pause_codes; /* codes still to come of the Pause key's */
};

/* Takes one code; false: no key is pressed or released by it. */
bool scancodes_feed(struct scancodes *codes, u8 code, struct key_event *event);
