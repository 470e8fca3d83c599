/*
 * Fetches what has been typed from all sources into the input
 * (arch/console/input.h), and holds the senders off when that gets full. Any
 * core, interrupts off; not from an NMI handler.
 */
#pragma once

#include "arch/console/console_source.h"

/*
 * From now on these are the sources, in this order. The table ends with an
 * entry without ops, and stays. Boot core.
 */
void console_poll_set_sources(const struct console_source *table);
const struct console_source *console_poll_sources(void);

/*
 * Whatever keeps a core busy in root operation for more than a millisecond
 * calls it, for a UART holds 16 bytes only; so do the interrupts of the sources
 * (arch/console_interrupts.h).
 */
void console_poll(void);

/*
 * The same in a sink's write, which holds the console's lock, and may have been
 * called by a source that has something to tell: whoever else is fetching takes
 * what is there too, or the next call does. Patient sources, which may have
 * more to tell, are left for that.
 */
void console_poll_in_output(void);

/* And for one source alone, from its driver. */
void console_poll_one(const struct console_source_ops *ops, void *state);

/*
 * Whether console_poll() is all that brings the input of some source that is
 * in a hurry; so it is until told otherwise.
 */
bool console_poll_is_needed(void);
void console_poll_set_needed(bool needed);
