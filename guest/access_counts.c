/* Each core writes its own page, so no lock is needed. */
#include "guest/access_counts.h"

#include "arch/pages.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "lib/error.h"
#include "lib/string.h"

struct port_count {
	u16 port;
	u64 count; /* 0: a free entry, and all behind it */
};

struct counts {
	u64 by_vector[256];
	struct port_count by_port[ACCESS_COUNTS_PORTS];
};
static_assert(sizeof(struct counts) <= PAGE_SIZE, "one page a core");

static struct counts *counts[MAX_CPUS];

int access_counts_init(void)
{
	for (u32 i = 0; i < smp_count(); i++) {
		counts[i] = pages_get(1);
		if (counts[i] == NULL) {
			return ERR_NO_MEMORY;
		}
	}
	return 0;
}

void access_counts_note_int(u8 vector)
{
	counts[this_cpu_index()]->by_vector[vector]++;
}

void access_counts_note_port(u16 port)
{
	struct port_count *entry = counts[this_cpu_index()]->by_port;

	for (u32 i = 0; i < ACCESS_COUNTS_PORTS; i++, entry++) {
		if (entry->port == port || entry->count == 0) {
			entry->port = port;
			entry->count++;
			return;
		}
	}
}

u64 access_counts_int(u32 index, u8 vector)
{
	return counts[index]->by_vector[vector];
}

bool access_counts_port(u32 index, u32 i, u16 *port, u64 *count)
{
	if (i >= ACCESS_COUNTS_PORTS || counts[index]->by_port[i].count == 0) {
		return false;
	}
	*port = counts[index]->by_port[i].port;
	*count = counts[index]->by_port[i].count;
	return true;
}

void access_counts_reset(void)
{
	for (u32 i = 0; i < smp_count(); i++) {
		memset(counts[i], 0, sizeof(*counts[i]));
	}
}
