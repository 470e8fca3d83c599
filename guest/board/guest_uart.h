/*
 * What a guest sees in place of the console's UART: one that is always ready to
 * send and never receives. What is sent comes out as lines `guest: TEXT`.
 */
#pragma once

#include "lib/types.h"

/*
 * Byte accesses to one of the UART's eight ports, whichever its base is, by the
 * guest of the calling core. What is no text and no status reads 0, or is lost.
 */
u8 guest_uart_read(u16 port);
void guest_uart_write(u16 port, u8 value);

/* Whether lines are `guest: cN: TEXT`: several cores' guests run at once. */
void guest_uart_name_core(bool named);

/* Prints the core's line begun but not ended, when a guest's run is over. */
void guest_uart_flush(void);
