/*
 * 16550 (and 16450) serial ports. Sending is polled, and no wait is without a
 * bound; what is received is fetched by whoever calls uart_getc(), told by an
 * interrupt or not. Locking is the caller's business.
 */
#pragma once

#include "arch/console/uart_place.h"
#include "lib/types.h"

/* What uart_getc() returns when it returns no byte. */
#define UART_NOTHING (-1)
#define UART_BREAK (-2) /* the line was held at 0 for longer than a byte */

/* One serial port; the fields are uart.c's, but for place and received. */
struct uart {
	struct uart_place place;
	u8 slowness;   /* times that 115200 baud are faster, within bounds */
	u8 fifo_bytes; /* what the transmitter takes once it is empty */
	u8 fifo_room;  /* how much of that is surely left */
	bool stuck;    /* stayed busy beyond all measure */
	bool break_seen;
	u32 overruns; /* times the receiver was full, not taken yet */
	/*
	 * NULL, or called while a byte to send waits and one has come in: a
	 * line of output takes longer than the receiver can hold its breath.
	 */
	void (*received)(struct uart *uart);
};

/*
 * Looks for a UART and sets it up: 8N1 at baud, FIFOs on, DTR, RTS and OUT2 on,
 * no interrupts. What it was sending is sent first, what it had received is
 * lost. NULL, or why it cannot be used.
 */
const char *uart_init(struct uart *uart, const struct uart_place *place,
		      u32 baud);

/* The divisor that comes near enough to that baud rate; 0: there is none. */
u32 uart_divisor(u32 clock_hz, u32 baud);

/*
 * Sends one byte. A line that stays busy for long loses bytes and is not waited
 * for again until it is found free.
 */
void uart_putc(struct uart *uart, u8 byte);

/* The next received byte, UART_NOTHING or UART_BREAK; at once. */
int uart_getc(struct uart *uart);

/* How often bytes have been lost since the last time it was asked. */
u32 uart_take_overruns(struct uart *uart);

/* From now on it raises its interrupt when a byte comes in, or a break. */
void uart_enable_interrupt(const struct uart *uart);

/* Tells the other side, by RTS, whether it may send. */
void uart_set_ready(const struct uart *uart, bool ready);

/* Waits, within bounds, until the transmitter is empty to the last bit. */
void uart_flush(struct uart *uart);
