/*
 * The simulated UART that a guest sees in place of the console's: always ready
 * to send, it never receives. Text sent to it is printed in lines `guest:
 * TEXT`.
 */
#pragma once

#include "lib/types.h"

#define GUEST_UART_LINE_BYTES 127

/* A guest's own: the line begun but not ended. */
struct guest_uart {
	u8 length;
	bool names_core; /* lines are `guest: cN: TEXT` */
	char text[GUEST_UART_LINE_BYTES];
};

/*
 * Byte accesses to one of the UART's eight ports, whichever its base is. What
 * is no text and no status reads 0, or is lost.
 */
u8 guest_uart_read(u16 port);
void guest_uart_write(struct guest_uart *uart, u16 port, u8 value);

/* Prints the line begun but not ended, when a guest's run is over. */
void guest_uart_flush(struct guest_uart *uart);
