/*
 * The serial ports that are the console's: each UART is a sink and a source.
 */
#pragma once

#include "arch/console/console_sink.h"
#include "arch/console/console_source.h"
#include "arch/console/console_spec.h"

/*
 * Sets up the ports of spec that are there, and marks the others in missing.
 * Returns how many there are. Boot core, before they are in a table.
 */
size_t serial_init(const struct console_spec *spec,
		   bool missing[CONSOLE_MAX_SERIAL]);

/* Port `index` of those that are there. */
struct console_sink serial_sink(size_t index);
struct console_source serial_source(size_t index);

/*
 * Writes the first I/O port of up to max of them, a multiple of eight as each
 * has eight of them; returns how many.
 */
size_t serial_ports(u16 *ports, size_t max);
