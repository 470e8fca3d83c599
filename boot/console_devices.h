/*
 * Which devices the console has: fills its tables of sinks and sources. Boot
 * core.
 */
#pragma once

#include "arch/console/console_spec.h"
#include "boot/bootinfo.h"

/* Before anything is printed: text goes to the log until there is more. */
void console_devices_start_log(void);

/*
 * Sets up the devices of spec that are there, shows on them what was written
 * before, and warns in the log of what is missing. The screen is
 * the loader's: the VGA's text, or pixels.
 */
void console_devices_start(const struct console_spec *spec,
			   const struct bootinfo_framebuffer *screen);

/*
 * The serial ports of spec that are not at plain I/O ports, likewise: once the
 * tables of ACPI are read and page tables are built.
 */
void console_devices_start_late(void);

/* For a panic: those of CONSOLE_DEFAULT, if none have been started yet. */
void console_devices_start_default(void);

/* Whether keyboards are among them: they are with the screen. */
bool console_devices_has_keyboards(void);
