/*
 * The PC's keyboard, as long as it is the host's: while no guest has the
 * machine view. A source of the console's.
 */
#pragma once

#include "arch/console/console_source.h"

/*
 * Guests have the keyboard from time to time: whether one has it now, and how
 * often one has had it. Boot core, before the source is in a table.
 */
void keyboard_init(bool (*is_the_guests)(void), u64 (*guest_turns)(void));

/*
 * Finds out whether there is a controller at all, by one read of its status:
 * all ones are nobody's. firmware_has_none: ACPI's FADT says so, which many
 * firmwares do that have one. Without one its ports are left alone from then
 * on. Boot core, once.
 */
bool keyboard_probe(bool firmware_has_none);

/*
 * Fetches the keys that have been pressed. On another core than the boot core
 * it leaves them alone, and while a guest has the keyboard all but Ctrl-Break.
 * Looks once in KEYBOARD_LOOK_US at most.
 */
#define KEYBOARD_LOOK_US 2000
extern const struct console_source keyboard_source;

/* How often port 64h has been read for that. */
u64 keyboard_looks(void);
