/*
 * Where exits are counted. Each core writes its own part, so no lock is needed.
 */
#include "vmm/exit_stats.h"

#include "arch/pages.h"
#include "arch/percpu.h"
#include "arch/smp.h"
#include "lib/error.h"

struct core_stats {
	struct histogram by_reason[EXIT_REASON_COUNT];
};

#define CORE_STATS_PAGES                                                       \
	((sizeof(struct core_stats) + PAGE_SIZE - 1) / PAGE_SIZE)

static struct core_stats *stats[MAX_CPUS];

int exit_stats_init(void)
{
	for (u32 i = 0; i < smp_count(); i++) {
		stats[i] = pages_get(CORE_STATS_PAGES);
		if (stats[i] == NULL) {
			return ERR_NO_MEMORY;
		}
	}
	return 0;
}

void exit_stats_note(u32 basic_reason, u64 ticks)
{
	if (basic_reason < EXIT_REASON_COUNT) {
		histogram_add(&stats[this_cpu_index()]->by_reason[basic_reason],
			      ticks);
	}
}

const struct histogram *exit_stats_get(u32 index, u32 basic_reason)
{
	const struct histogram *histogram;

	if (index >= smp_count() || basic_reason >= EXIT_REASON_COUNT) {
		return NULL;
	}
	histogram = &stats[index]->by_reason[basic_reason];
	return histogram->count != 0 ? histogram : NULL;
}

u64 exit_stats_count(u32 index, u32 basic_reason)
{
	const struct histogram *histogram = exit_stats_get(index, basic_reason);

	return histogram == NULL ? 0 : histogram->count;
}

void exit_stats_reset(void)
{
	for (u32 i = 0; i < smp_count(); i++) {
		for (u32 r = 0; r < EXIT_REASON_COUNT; r++) {
			histogram_reset(&stats[i]->by_reason[r]);
		}
	}
}
