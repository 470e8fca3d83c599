/*
 * The PC's keyboard, as long as it is the host's: while no guest has the
 * machine view. Set up by the console, which also calls it.
 */
#pragma once

#include "lib/types.h"

/* Whether keyboard_poll() reads the keyboard; not at first. */
void keyboard_enable(bool on);

/*
 * Puts the keys that have been pressed into the input (arch/console/input.h). On
 * another core than the boot core it leaves them alone, and while a guest has
 * the keyboard all but Ctrl-Break. Looks once in KEYBOARD_LOOK_US at most.
 */
#define KEYBOARD_LOOK_US 2000
void keyboard_poll(void);

/* How often port 64h has been read for that. */
u64 keyboard_looks(void);
