/*
 * The clocks of known rate that a PC may have, to measure others against. Boot
 * core, interrupts off.
 */
#pragma once

#include "lib/types.h"

struct clock_reference {
	const char *name; /* "ACPI PM timer", "HPET", "PIT" */
	u64 hz;
	u64 mask; /* it counts within */
	/* Gets it ready, and false where there is none; and leaves it again. */
	bool (*open)(struct clock_reference *reference);
	void (*close)(struct clock_reference *reference);
	u64 (*read)(const struct clock_reference *reference); /* upwards */
	u64 place; /* its port or address */
	u8 saved;
};

/* In the order to try them in; the last has no name. */
extern struct clock_reference clock_references[];
