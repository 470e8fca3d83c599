/*
 * Counts, for each core, the interrupts that bios_call() made and the accesses
 * to ports that exit. INT n inside a guest, and ports that do not exit, are not
 * seen unless they are traced.
 */
#pragma once

#include "lib/types.h"

#define ACCESS_COUNTS_PORTS 128 /* a power of two */

/*
 * The ports are a table: an entry is found by the low bits of the port, or is
 * the next free one behind that place.
 */
struct access_counts {
	u64 by_vector[256];
	struct port_count {
		u16 port;
		u64 count; /* 0: a free entry */
	} by_port[ACCESS_COUNTS_PORTS];
	u64 other_ports; /* accesses to ports without an entry */
};

/* The calling core's counts, for the functions that follow. */
struct access_counts *access_counts_here(void);

/*
 * For access_counts_note_port(): the port's own entry belongs to another port.
 */
void access_counts_note_port_elsewhere(struct access_counts *here, u16 port);

/*
 * On the core that these counts belong to, like all functions up to
 * access_counts_init().
 */
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

/*
 * Counts the port. After ACCESS_COUNTS_PORTS different ports, new ones are
 * counted together in other_ports.
 */
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

/*
 * Makes room for all cores: once, when they have started. 0 or ERR_NO_MEMORY.
 */
int access_counts_init(void);

/*
 * Counts of core `index`: bios_call()s of that vector, and accesses to ports
 * without an entry.
 */
u64 access_counts_int(u32 index, u8 vector);
u64 access_counts_other_ports(u32 index);

/*
 * Finds the lowest port used that is not below *port: sets *port to it and
 * *count to the accesses. False if there is none.
 */
bool access_counts_port(u32 index, u32 *port, u64 *count);

/* Forgets the counts of all cores, while no guest runs. */
void access_counts_reset(void);
