/*
 * A serial port with a National Semiconductor PC16550D: eight registers, FIFOs
 * of 16 bytes, interrupts on one line. Its data sheet. Pure.
 *
 * What is sent takes no time. What is received waits in the FIFO; without FIFOs
 * there is room for one byte.
 */
#pragma once

#include "lib/types.h"

#define UART16550_FIFO 16u

struct uart16550 {
	u8 ier, fcr, lcr, mcr, msr, scratch;
	u16 divisor;
	bool overrun;
	bool thr_waits; /* "transmitter empty" is to be told by an interrupt */
	u8 first, count;
	u8 fifo[UART16550_FIFO];
	/* The byte that has left the port, for its owner to take. */
	bool has_sent;
	u8 sent;
};

void uart16550_init(struct uart16550 *uart);

/* `number`: the register, 0 to 7. */
u8 uart16550_read(struct uart16550 *uart, u8 number);
void uart16550_write(struct uart16550 *uart, u8 number, u8 value);

/* A byte comes in. False where there is no room: it is lost, as on a line. */
bool uart16550_receive(struct uart16550 *uart, u8 byte);
bool uart16550_has_room(const struct uart16550 *uart);

bool uart16550_line(const struct uart16550 *uart);
