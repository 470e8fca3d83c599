/*
 * The console= word of the kernel command line, taken apart: a comma-separated
 * list of com1..com4 or an I/O port in hex, each with an optional /BAUD; the
 * word "screen"; or "none" alone.
 */
#pragma once

#include "lib/types.h"

#define CONSOLE_MAX_SERIAL 4
#define CONSOLE_DEFAULT "com1/115200,screen"

struct console_port {
	u16 port; /* first of the UART's eight I/O ports */
	u32 baud;
};

struct console_spec {
	struct console_port serial[CONSOLE_MAX_SERIAL];
	size_t serial_count;
	bool screen;
};

/* Told of each item that is ignored; item is cut to what a line can hold. */
typedef void (*console_spec_bad)(void *context, const char *item,
				 const char *why);

/*
 * Fills spec from list; a null list means CONSOLE_DEFAULT. Bad items are left
 * out and reported through bad (which may be null). If nothing usable is left
 * of a list that had bad items, spec becomes the default: a typing mistake must
 * not make the machine mute. Returns the number of bad items.
 */
size_t console_spec_parse(struct console_spec *spec, const char *list,
			  console_spec_bad bad, void *context);

/* The ISA interrupt of com1..com4, else -1: nobody can know. */
int console_port_irq(u16 port);

/* "com1".."com4" for the four usual ports, else NULL. */
const char *console_port_name(u16 port);
