/*
 * What all keyboards hand their keys to, and where those go: to the console's
 * input as bytes, or to whoever has taken the keys. Called under the lock of
 * arch/console/console_poll.h, on the boot core.
 */
#pragma once

#include "arch/console/key.h"
#include "arch/console/keymap.h"

/* The layout of all keyboards; that of the US at first. Boot core, at start. */
void keys_set_layout(const struct keymap *map);
const struct keymap *keys_layout(void);

void keys_event(struct key_event event);

/* As typing_sync(). */
void keys_sync(u8 bios_flags, bool locks);

/*
 * From now on taker is asked first about each event, and those for which it
 * returns true reach the console no more. NULL: all do.
 */
void keys_set_taker(bool (*taker)(struct key_event event));
