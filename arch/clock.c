/*
 * The kernel's clock. Calibrated on the boot core before others come up; read
 * on any core. The TSCs of all cores count at one rate, but may differ.
 */
#include "arch/clock.h"

#include "arch/clock_measure.h"
#include "arch/clock_rate.h"
#include "arch/clock_reference.h"
#include "arch/clock_told.h"
#include "arch/console/log.h"
#include "arch/cpu.h"
#include "arch/inventory.h"
#include "arch/lapic.h"
#include "arch/percpu.h"
#include "lib/fmt.h"

/*
 * What a rate is taken for when nothing tells: a fast one, for then no wait is
 * too short for what is waited for.
 */
#define ASSUMED_TSC_KHZ 4000000

static u64 start_tsc;
static u64 tsc_khz;
static u64 apic_khz;
static const char *reference; /* what it was measured against, or NULL */
static const char *teller;    /* whose word was taken, or NULL */

void clock_start(void)
{
	start_tsc = rdtsc();
}

static u32 apic_counts(void)
{
	return lapic_present() ? lapic_timer_measure_elapsed() : 0;
}

/* Against the first that is there and counts evenly. */
static bool measure_any(struct clock_rate *rate)
{
	for (struct clock_reference *clock = clock_references;
	     clock->name != NULL; clock++) {
		if (clock_measure(clock, rate)) {
			reference = clock->name;
			return true;
		}
	}
	return false;
}

/* The APIC's timer in proportion to a TSC of the given rate. */
static u64 apic_khz_by_tsc(u64 khz)
{
	u64 first = rdtsc_ordered();
	u32 counts = apic_counts();
	u64 ticks;

	do {
		ticks = rdtsc_ordered() - first;
	} while (ticks < khz);
	return (u64)(apic_counts() - counts) * khz / ticks;
}

/* Nothing counts: whatever the processor says has to do. */
static void rate_without_reference(struct clock_rate *rate)
{
	rate->tsc_khz = ASSUMED_TSC_KHZ;
	for (const struct clock_told *told = clock_told; told->name != NULL;
	     told++) {
		if (told->tsc_khz != 0) {
			rate->tsc_khz = told->tsc_khz;
			rate->apic_khz = told->apic_khz;
			teller = told->name;
			break;
		}
	}
	if (rate->apic_khz == 0) {
		rate->apic_khz = apic_khz_by_tsc(rate->tsc_khz);
	}
}

/* What is told exactly, where what was measured does not belie it. */
static void refine(struct clock_rate *rate)
{
	for (const struct clock_told *told = clock_told; told->name != NULL;
	     told++) {
		if (told->rough ||
		    !clock_rates_agree(told->tsc_khz, rate->tsc_khz)) {
			continue;
		}
		rate->tsc_khz = told->tsc_khz;
		if (clock_rates_agree(told->apic_khz, rate->apic_khz)) {
			rate->apic_khz = told->apic_khz;
		}
		teller = told->name;
		return;
	}
}

void clock_calibrate(void)
{
	struct clock_rate rate = { 0 };

	if (lapic_present()) {
		lapic_timer_measure_start();
	}
	clock_told_ask_all();
	if (measure_any(&rate)) {
		refine(&rate);
	} else {
		rate_without_reference(&rate);
	}
	tsc_khz = rate.tsc_khz;
	apic_khz = rate.apic_khz;
	if (lapic_present()) {
		lapic_timer_set_rate(apic_khz);
		lapic_timer_stop();
	}
	if (teller == NULL && reference == NULL) {
		log_warn("no clock of a known rate counts; the TSC is taken "
			 "for one of %u MHz, and waits are too long",
			 ASSUMED_TSC_KHZ / 1000);
	}
}

/* Whence the rate is. */
static void describe_origin(char *text, size_t size)
{
	if (teller != NULL) {
		fmt_append(text, size, "by %s, %s%s", teller,
			   reference != NULL ? "checked against the "
					     : "no other clock counts",
			   reference != NULL ? reference : "");
	} else if (reference != NULL) {
		fmt_append(text, size, "measured against the %s", reference);
	} else {
		fmt_append(text, size, "assumed");
	}
}

/* Whether the processor has told, and how the others did, in that order. */
static void describe_told(char *text, size_t size)
{
	for (const struct clock_told *told = clock_told; told->name != NULL;
	     told++) {
		fmt_append(text, size, "%s: ", told->name);
		if (told->tsc_khz != 0) {
			fmt_append(text, size, "%lu.%03lu, ",
				   told->tsc_khz / 1000, told->tsc_khz % 1000);
		} else {
			fmt_append(text, size, "none, ");
		}
	}
}

static void describe_measured(char *text, size_t size)
{
	static const char *const states[] = {
		[CLOCK_NOT_ASKED] = "not needed", [CLOCK_ABSENT] = "none",
		[CLOCK_STILL] = "stands still",	  [CLOCK_UNEVEN] = "uneven",
		[CLOCK_COUNTS] = "counts",
	};

	for (const struct clock_reference *clock = clock_references;
	     clock->name != NULL; clock++) {
		fmt_append(text, size, "%s: %s%s", clock->name,
			   states[clock->state],
			   clock[1].name != NULL ? ", " : "");
	}
}

static void describe(char *text, size_t size, bool all)
{
	fmt_snprintf(text, size, "TSC at %lu.%03lu MHz, ", tsc_khz / 1000,
		     tsc_khz % 1000);
	describe_origin(text, size);
	fmt_append(text, size, " (");
	if (all) {
		describe_told(text, size);
	}
	describe_measured(text, size);
	fmt_append(text, size, ")");
	if (lapic_present()) {
		fmt_append(text, size, "; APIC timer at %lu.%03lu MHz",
			   apic_khz / 1000, apic_khz % 1000);
	}
}

void clock_describe(char *text, size_t size)
{
	describe(text, size, true);
}

static void tell(char *text, size_t size)
{
	describe(text, size, false);
}
INVENTORY(40, clock, tell);

/* Ticks and microseconds in parts: products of the whole would overflow. */
u64 clock_tsc_to_us(u64 ticks)
{
	if (tsc_khz == 0) {
		return 0;
	}
	return ticks / tsc_khz * 1000 + ticks % tsc_khz * 1000 / tsc_khz;
}

u64 clock_us_to_tsc(u64 us)
{
	u64 khz = tsc_khz != 0 ? tsc_khz : ASSUMED_TSC_KHZ;

	return us / 1000 * khz + us % 1000 * khz / 1000;
}

u64 clock_us(void)
{
	u64 now = rdtsc() - (u64)this_cpu()->tsc_ahead;

	return clock_tsc_to_us(now - start_tsc);
}

void clock_delay_us(u64 us)
{
	u64 first = rdtsc();
	u64 ticks = clock_us_to_tsc(us);

	while (!clock_has_passed(first, ticks)) {
		cpu_pause();
	}
}
