/*
 * The clocks of known rate that a PC may have, to measure others against. Boot
 * core, interrupts off.
 */
#pragma once

#include "lib/types.h"

enum clock_state {
	CLOCK_NOT_ASKED, /* another has told enough */
	CLOCK_ABSENT,
	CLOCK_STILL,  /* it is there, and does not count */
	CLOCK_UNEVEN, /* too slowly, or it jumps */
	CLOCK_COUNTS,
};

struct clock_reference {
	const char *name;	/* "ACPI PM timer", "HPET", "PIT" */
	enum clock_state state; /* written by clock_measure() */
	u64 hz;
	u64 mask; /* it counts within */
	/* Gets it ready, and false where there is none; and leaves it again. */
	bool (*open)(struct clock_reference *reference);
	void (*close)(struct clock_reference *reference);
	u64 (*read)(const struct clock_reference *reference); /* upwards */
	u64 place; /* its port or address */
	u32 saved;
};

/* In the order to try them in; the last has no name. */
extern struct clock_reference clock_references[];
