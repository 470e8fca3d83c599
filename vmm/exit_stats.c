/*
 * Where exits are counted. Each core writes its own part, so no lock is needed.
 */
/* build: hot */
#include "vmm/exit_stats.h"

#include "arch/mem/pages.h"
#include "arch/smp.h"
#include "lib/error.h"
#include "lib/string.h"

#define STATS_PAGES ((sizeof(struct exit_stats) + PAGE_SIZE - 1) / PAGE_SIZE)

static struct exit_stats *stats[MAX_CPUS];

int exit_stats_init(void)
{
	for (u32 i = 0; i < smp_count(); i++) {
		stats[i] = pages_get(STATS_PAGES);
		if (stats[i] == NULL) {
			return ERR_NO_MEMORY;
		}
	}
	return 0;
}

struct exit_stats *exit_stats_of(u32 index)
{
	return stats[index];
}

const struct histogram *exit_stats_get(u32 index, u32 basic_reason)
{
	const struct histogram *histogram;

	if (index >= smp_count() || basic_reason >= EXIT_REASON_COUNT) {
		return NULL;
	}
	histogram = &stats[index]->by_reason[basic_reason];
	return histogram_count(histogram) != 0 ? histogram : NULL;
}

u64 exit_stats_count(u32 index, u32 basic_reason)
{
	const struct histogram *histogram = exit_stats_get(index, basic_reason);

	return histogram == NULL ? 0 : histogram_count(histogram);
}

void exit_stats_reset(void)
{
	for (u32 i = 0; i < smp_count(); i++) {
		memset(stats[i], 0, sizeof(*stats[i]));
	}
}
