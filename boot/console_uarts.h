/*
 * The UARTs that console= names by what the firmware's tables or the PCI buses
 * say of them.
 */
#pragma once

#include "arch/console/console_spec.h"
#include "arch/console/uart_place.h"

/*
 * Where that port is, and in *baud its rate: what is asked for, else what a
 * table says, else CONSOLE_BAUD. NULL, or why there is none. Any but a
 * CONSOLE_AT_PORT wants the tables of ACPI and the page tables.
 */
const char *console_uarts_find(const struct console_port *port,
			       struct uart_place *place, u32 *baud);

/* A page of its registers in memory is for no guest any more. */
void console_uarts_keep(const struct uart_place *place);
