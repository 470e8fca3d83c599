/*
 * The console's output: every byte goes to each sink (arch/console/console_sink.h)
 * of a table: serial ports, the screen, the log. One call's output is never
 * mixed with another core's. Callable on any core, with interrupts on or off, in
 * exception and NMI handlers, and before there is any device (the log then keeps
 * the text until there is one). What is typed comes in by arch/console/console_poll.h.
 */
#pragma once

#include <stdarg.h>

#include "arch/console/console_colour.h"
#include "arch/console/console_sink.h"
#include "lib/types.h"

/* Longer texts of one console_printf() or log line are cut and end in "...". */
#define CONSOLE_LINE_MAX 512

/*
 * From now on text goes to these sinks, in this order, but first to those that
 * keep it. The table ends with an entry without ops, and stays. Boot core.
 */
void console_set_sinks(const struct console_sink *table);

/* Where verdicts and errors have a colour; CONSOLE_COLOURS_AUTO at first. */
void console_set_colours(enum console_colours wanted);

void console_write(const char *text, size_t n);
void console_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* As console_write(), but not to sinks that keep it: for showing the log itself. */
void console_write_unlogged(const char *text, size_t n);

/*
 * Where a screen can: goes back by half a screen in all that the log has kept, or
 * on towards the newest, where any new text leads at once.
 */
void console_scroll(bool back);

/* To be called before a wait for somebody who may look at the screen. */
void console_settle(void);

/* The same, and waits, within bounds, until the last byte has left every sink. */
void console_flush(void);

/*
 * From now on output never waits long for another core, nor for a lock that
 * this core holds itself, and each core calls check after each of its outputs,
 * with its rip.
 */
void console_enter_panic(void (*check)(u64 rip));

/* console_is_in_panic()'s; nobody else looks at it. */
extern void (*console_panic_check)(u64 rip);

static inline bool console_is_in_panic(void)
{
	return __atomic_load_n(&console_panic_check, __ATOMIC_RELAXED) != NULL;
}

/* Begins a new line where what was printed last, by whomever, ended in none. */
void console_end_line(void);

/* Whether the calling core is in the middle of an output. */
bool console_is_mine(void);

/*
 * The lock of all output, for what a sink keeps: lock tells whether unlock must
 * give it back. If not, it is this core's already, or a panic goes on without.
 */
bool console_lock(void);
void console_unlock(bool taken);
