/*
 * From keys to the bytes that a terminal would send for them, by a layout. Pure.
 */
#pragma once

#include "arch/console/key.h"
#include "arch/console/keymap.h"

#define TYPING_MAX_BYTES 8 /* that one event can stand for */

/* All zero but for the layout: nothing is held down. */
struct typing {
	const struct keymap *map;
	u8 modifiers; /* bit n: KEY_LEFT_CTRL + n is held down */
	bool caps_held, num_held;
	bool caps_lock, num_lock;
	char dead; /* what waits for the next key; 0: nothing */
};

/*
 * Takes one event; returns how many bytes it has written, mostly 0 or 1. What
 * a dead key stands for comes with the next key: alone if that is the space bar
 * or the same key again, else in front, for the console knows no accents.
 */
size_t typing_feed(struct typing *typing, struct key_event event,
		   char bytes[TYPING_MAX_BYTES]);

/*
 * Sets what is held down from the BIOS's byte 40:17, for whoever was away while
 * the BIOS had the keyboard; with locks, what is locked as well.
 */
void typing_sync(struct typing *typing, u8 bios_flags, bool locks);
