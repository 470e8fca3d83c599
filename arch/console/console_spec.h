/*
 * The console= word of the kernel command line, taken apart: a comma-separated
 * list of serial ports, each with an optional /BAUD; the word "screen"; or
 * "none" alone. A serial port is
 *
 *	com1..com4	the usual ones
 *	D010		at that I/O port, in hex
 *	mmioFEDC9000	at that address, in hex
 *	pci		the first serial controller on the PCI buses
 *	pci:BB:DD.F	that PCI function, in hex
 *	spcr		what ACPI's table SPCR names, or else DBG2
 */
#pragma once

#include "lib/types.h"

#define CONSOLE_MAX_SERIAL 4
#define CONSOLE_DEFAULT "com1/115200,screen"
#define CONSOLE_BAUD 115200u

enum console_port_kind {
	CONSOLE_AT_PORT,
	CONSOLE_AT_ADDRESS,
	CONSOLE_AT_PCI, /* `at` is the bus, the device and the function */
	CONSOLE_AT_FIRST_PCI,
	CONSOLE_AT_SPCR,
};

struct console_port {
	enum console_port_kind kind;
	u64 at; /* the first of its ports, an address, or 00bb:dd.f as 8:5:3 bits */
	u32 baud; /* 0: not said */
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

/* As it is written in the list, without the baud rate. */
void console_port_name(const struct console_port *port, char *name,
		       size_t size);

/* The ISA interrupt of com1..com4, else -1: nobody can know. */
int console_port_irq(u16 port);
