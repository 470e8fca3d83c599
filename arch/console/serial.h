/*
 * The serial ports that are the console's: each UART is a sink and a source.
 */
#pragma once

#include "arch/console/console_sink.h"
#include "arch/console/console_source.h"
#include "arch/console/console_spec.h"
#include "arch/console/uart_place.h"

/*
 * Sets up one more UART for the console, by that name in messages; irq: its ISA
 * interrupt, negative for none that is known. NULL, or why it cannot be used.
 * Boot core, before it is in a table.
 */
const char *serial_add(const struct uart_place *place, u32 baud,
		       const char *name, int irq);
size_t serial_count(void);

/* Port `index` of those that are there. */
struct console_sink serial_sink(size_t index);
struct console_source serial_source(size_t index);

/*
 * Writes the first I/O port of up to max of those that are at ports; returns
 * how many. Each has the eight ports from there on.
 */
size_t serial_ports(u16 *ports, size_t max);
