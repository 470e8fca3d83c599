/*
 * 16550 (and 16450) serial ports, polled. No wait is without a bound. Locking
 * is the caller's business.
 */
#pragma once

#include "lib/types.h"

#define UART_PORTS 8 /* I/O ports of one UART */

/* One serial port; the fields are uart.c's, but for port. */
struct uart {
	u16 port;      /* the first of its I/O ports */
	u16 divisor;   /* of 115200 baud */
	u8 fifo_bytes; /* what the transmitter takes once it is empty */
	u8 fifo_room;  /* how much of that is surely left */
	bool stuck;    /* stayed busy beyond all measure */
};

/*
 * Whether there is a UART at port; if so it is set up: 8N1 at baud (2..115200),
 * FIFOs on, DTR, RTS and OUT2 on, no interrupts. What it was sending is sent
 * first, what it had received is lost.
 */
bool uart_init(struct uart *uart, u16 port, u32 baud);

/*
 * Sends one byte. A line that stays busy for long loses bytes and is not waited
 * for again until it is found free.
 */
void uart_putc(struct uart *uart, u8 byte);

/* The next received byte, or -1 at once if there is none. */
int uart_getc(const struct uart *uart);

/* Waits, within bounds, until the transmitter is empty to the last bit. */
void uart_flush(struct uart *uart);
