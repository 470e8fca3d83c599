/* The I/O ports of a PC by name, as they have been since the AT. Pure. */
#pragma once

#include "lib/types.h"

/*
 * "ata0 command": the register that is read (in) or written at this port; "" if
 * no device is usual there.
 */
const char *port_name(u16 port, bool in);

/*
 * Whether the register is a status that programs read again and again until it
 * changes.
 */
bool port_is_status(u16 port);

/* "timer" for line 0 of the PICs, and so on; line 0-15. */
const char *port_names_irq(u8 line);
