/*
 * The console: every byte goes to each serial port and the screen that
 * console_init() found, and into the log ring (arch/console/log.h). One call's output
 * is never mixed with another core's. Callable on any core, with interrupts on
 * or off, in exception and NMI handlers, and before console_init() (the log
 * ring then keeps the text until there is a port for it).
 */
#pragma once

#include <stdarg.h>

#include "arch/console/console_colour.h"
#include "arch/console/console_spec.h"
#include "lib/types.h"

/* Longer texts of one console_printf() or log line are cut and end in "...". */
#define CONSOLE_LINE_MAX 512

/*
 * Sets up the ports of spec that are there, and warns in the log of those that
 * are not. The screen is vga_text's; whoever knows the video mode calls
 * vga_text_init(). The first call prints what was written before it. May be
 * called again with another spec. Boot core only.
 */
void console_init(const struct console_spec *spec);

/* Where verdicts and errors have a colour; CONSOLE_COLOURS_AUTO at first. */
void console_set_colours(enum console_colours wanted);

/* '\n' becomes "\r\n" on the wire. */
void console_write(const char *text, size_t n);
void console_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* As console_write(), but not into the log ring: for showing the log itself. */
void console_write_unlogged(const char *text, size_t n);

/*
 * Fetches what has been typed, at any of the serial ports and at the keyboard,
 * into the input (arch/console/input.h), and tells the others not to send when that
 * gets full. Whatever keeps a core busy in root operation for more than a
 * millisecond calls it, for a UART holds 16 bytes only. Any core, interrupts
 * off; not from an NMI handler.
 */
void console_poll(void);

/*
 * From now on console_poll() is called by interrupts on the boot core, from the
 * I/O APIC or the PIC, where a port's interrupt is known. Boot core, once,
 * after the interrupt controllers.
 */
void console_start_interrupts(void);

/* Whether console_poll() is all that brings the input of some port. */
bool console_is_polled(void);

/* Waits, within bounds, until the last byte has left every UART. */
void console_flush(void);

/*
 * Writes the first I/O port of up to max console UARTs, a multiple of eight as
 * each has eight of them; returns how many.
 */
size_t console_serial_ports(u16 *ports, size_t max);

/*
 * From now on output never waits long for another core, nor for a lock that
 * this core holds itself; the default console is set up if none was yet.
 */
void console_enter_panic(void);

/* Begins a new line where what was printed last, by whomever, ended in none. */
void console_end_line(void);

/* Whether the calling core is in the middle of an output. */
bool console_is_mine(void);

/* The log ring, for arch/console/log.c: append without printing, and read. */
void console_history_write(const char *text, size_t n);
/* The number of bytes ever written = the position behind the newest. */
u64 console_history_end(void);
/* As ring_read(). */
size_t console_history_read(u64 *pos, char *buf, size_t size);
