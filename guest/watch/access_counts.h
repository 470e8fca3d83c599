/*
 * What guests were asked and asked for, counted for each core: the interrupts
 * that bios_call() made, and the ports that exit. INT n inside a guest, and
 * ports that are the machine's own, pass unseen unless they are traced.
 */
#pragma once

#include "lib/types.h"

#define ACCESS_COUNTS_PORTS 128 /* a power of two */

/* A table by the low bits of the port, or the next free entry behind that. */
struct access_counts {
	u64 by_vector[256];
	struct port_count {
		u16 port;
		u64 count; /* 0: a free entry */
	} by_port[ACCESS_COUNTS_PORTS];
	u64 other_ports; /* accesses to others than these */
};

/* Those of the calling core, for what follows. */
struct access_counts *access_counts_here(void);

/* For access_counts_note_port(): where the port's own entry is another's. */
void access_counts_note_port_elsewhere(struct access_counts *here, u16 port);

/* On the core of counts, as all that follows up to access_counts_init(). */
static inline void access_counts_note_ints(struct access_counts *counts,
					   u8 vector, u32 calls)
{
	counts->by_vector[vector] += calls;
}

static inline void access_counts_note_int(struct access_counts *counts,
					  u8 vector)
{
	access_counts_note_ints(counts, vector, 1);
}

/* Beyond the first ACCESS_COUNTS_PORTS different ports, as one of the others. */
static inline void access_counts_note_port(struct access_counts *counts,
					   u16 port)
{
	struct port_count *entry = &counts->by_port[port % ACCESS_COUNTS_PORTS];

	if (unlikely(entry->port != port)) {
		access_counts_note_port_elsewhere(counts, port);
	} else {
		entry->count++;
	}
}

/* Once, when all cores are up. 0 or ERR_NO_MEMORY. */
int access_counts_init(void);

/* Of core `index`: bios_call()s of that vector; accesses beyond the table. */
u64 access_counts_int(u32 index, u8 vector);
u64 access_counts_other_ports(u32 index);

/*
 * The lowest port used that is no less than *port, which is set to it, and how
 * often it was; false if there is none.
 */
bool access_counts_port(u32 index, u32 *port, u64 *count);

/* Of all cores, while no guest runs. */
void access_counts_reset(void);
