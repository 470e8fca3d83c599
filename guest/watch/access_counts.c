/*
 * Counts interrupts and ports. Each core writes its own pages, so no lock is
 * needed.
 */
#include "guest/watch/access_counts.h"

#include "arch/mem/pages.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "lib/error.h"
#include "lib/string.h"

#define COUNTS_PAGES                                                           \
	((sizeof(struct access_counts) + PAGE_SIZE - 1) / PAGE_SIZE)

static struct access_counts *counts[MAX_CPUS];

int access_counts_init(void)
{
	for (u32 i = 0; i < smp_count(); i++) {
		counts[i] = pages_get(COUNTS_PAGES);
		if (counts[i] == NULL) {
			return ERR_NO_MEMORY;
		}
	}
	return 0;
}

struct access_counts *access_counts_here(void)
{
	return counts[this_cpu_index()];
}

/*
 * Counts a port whose own entry is taken by another port, or is free and still
 * says port 0.
 */
__attribute__((noinline)) void
access_counts_note_port_elsewhere(struct access_counts *here, u16 port)
{
	for (u32 i = 0; i < ACCESS_COUNTS_PORTS; i++) {
		struct port_count *entry =
			&here->by_port[(port + i) % ACCESS_COUNTS_PORTS];

		if (entry->port == port || entry->count == 0) {
			entry->port = port;
			entry->count++;
			return;
		}
	}
	here->other_ports++;
}

u64 access_counts_other_ports(u32 index)
{
	return counts[index]->other_ports;
}

u64 access_counts_int(u32 index, u8 vector)
{
	return counts[index]->by_vector[vector];
}

bool access_counts_port(u32 index, u32 *port, u64 *count)
{
	const struct port_count *found = NULL;

	for (u32 i = 0; i < ACCESS_COUNTS_PORTS; i++) {
		const struct port_count *entry = &counts[index]->by_port[i];

		if (entry->count != 0 && entry->port >= *port &&
		    (found == NULL || entry->port < found->port)) {
			found = entry;
		}
	}
	if (found == NULL) {
		return false;
	}
	*port = found->port;
	*count = found->count;
	return true;
}

void access_counts_reset(void)
{
	for (u32 i = 0; i < smp_count(); i++) {
		memset(counts[i], 0, sizeof(*counts[i]));
	}
}
