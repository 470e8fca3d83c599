/* Counts what may leak. Only reads. */
#include "monitor/leak_counts.h"

#include "arch/lapic.h"
#include "arch/mem/pages.h"
#include "arch/nmi_watchdog.h"
#include "lib/fmt.h"
#include "vmm/vcpu.h"

static u64 timers(void)
{
	return lapic_present() && lapic_timer_is_on();
}

static u64 in_service(void)
{
	return lapic_present() ? lapic_in_service_count() : 0;
}

static u64 watched_runs(void)
{
	return nmi_watchdog_users();
}

static u64 vmcss(void)
{
	return vcpu_loaded_count();
}

static const struct {
	const char *name;
	u64 (*count)(void);
} kinds[LEAK_COUNTS] = {
	{ "free pages", pages_free_count },
	{ "loaded VMCSs", vmcss },
	{ "timers of the local APIC", timers },
	{ "runs under the NMI watchdog", watched_runs },
	{ "interrupts in service", in_service },
};

void leak_counts_begin(struct leak_counts *counts)
{
	for (size_t i = 0; i < LEAK_COUNTS; i++) {
		counts->count[i] = kinds[i].count();
	}
}

bool leak_counts_end(const struct leak_counts *counts, char *text, size_t size)
{
	for (size_t i = 0; i < LEAK_COUNTS; i++) {
		u64 count = kinds[i].count();

		if (count != counts->count[i]) {
			fmt_snprintf(text, size,
				     "expected %lu %s afterwards, got %lu",
				     counts->count[i], kinds[i].name, count);
			return true;
		}
	}
	return false;
}
