/*
 * What takes the console's text: a device, or the log. The console calls them
 * by a table (console_set_sinks()) and knows none of them by name.
 */
#pragma once

#include "arch/console/console_colour.h"
#include "lib/types.h"

struct console_sink_ops {
	/*
	 * Takes n characters, whose lines end in '\n', in that colour. Called
	 * under the console's lock on any core, interrupts off; but a handler
	 * that interrupts a call may make another, so what state holds must be
	 * valid at any time. Must not wait without a bound.
	 */
	void (*write)(void *state, const char *text, size_t n,
		      enum colour colour);
	/* Waits, within bounds, until the last is out. NULL: never needed. */
	void (*flush)(void *state);
	/* No more text comes for now. NULL: it makes no difference. */
	void (*settle)(void *state);
	/* Shows what is half a screen older, or newer. NULL: it cannot. */
	void (*scroll)(void *state, bool back);
	/* It keeps the text to show it again, and shows nothing itself. */
	bool keeps;
	/* A terminal: whether it knows colours, the person at it must say. */
	bool colours_on_demand;
};

struct console_sink {
	const struct console_sink_ops *ops; /* NULL: the end of a table */
	void *state;
};
