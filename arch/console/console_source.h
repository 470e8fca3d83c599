/*
 * What brings typed bytes: a serial line, a keyboard. Called by a table
 * (console_poll_set_sources()).
 */
#pragma once

#include "lib/types.h"

struct console_source_ops {
	/*
	 * Hands what has come in to the input (arch/console/input.h), at once
	 * and within bounds. One core at a time, interrupts off.
	 */
	void (*fetch)(void *state);
	/* Tells who sends whether it may. NULL: it cannot be told. */
	void (*set_ready)(void *state, bool ready);
	/* From now on an interrupt tells of what comes in. NULL: it does. */
	void (*start_interrupt)(void *state);
};

struct console_source {
	const struct console_source_ops *ops; /* NULL: the end of a table */
	void *state;
	const char *name; /* in the log */
	int irq;	  /* its ISA interrupt; negative: nobody can know */
	bool is_patient;  /* polled now and then, it loses nothing */
	/*
	 * In the PIC the interrupt is the guests', so that without an I/O APIC
	 * the source is polled. It never needs to be polled in a hurry.
	 */
	bool pic_line_is_the_guests;
};
