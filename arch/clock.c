/*
 * The kernel's clock. Calibrated on the boot core before others come up; read
 * on any core. The TSCs of all cores count at one rate, but may differ.
 */
#include "arch/clock.h"

#include "arch/clock_rate.h"
#include "arch/clock_reference.h"
#include "arch/cpu.h"
#include "arch/cpuid_decode.h"
#include "arch/inventory.h"
#include "arch/lapic.h"
#include "arch/percpu.h"
#include "lib/fmt.h"

#define SAMPLES 4
#define SAMPLE_US 1000 /* from one to the next */
#define READINGS 5     /* of which a sample is the one that took least */
/*
 * A reference that shows the same so often stands still. It is read through a
 * bus: on a PC that is some milliseconds.
 */
#define STILL_READINGS 4096
#define MOST_READINGS 1000000
#define CPUID_TSC 0x15
#define CPUID_FREQUENCY 0x16
/* What a rate is taken for when nothing tells. */
#define ASSUMED_TSC_KHZ 1000000

static u64 start_tsc;
static u64 tsc_khz;
static const char *reference; /* NULL until a clock has counted */
static const char *origin = "assumed: no clock answers";

void clock_start(void)
{
	start_tsc = rdtsc();
}

static u32 apic_counts(void)
{
	return lapic_present() ? lapic_timer_measure_elapsed() : 0;
}

static void take(const struct clock_reference *clock,
		 struct clock_sample *sample)
{
	sample->width = UINT64_MAX;
	for (u32 i = 0; i < READINGS; i++) {
		u64 tsc = rdtsc_ordered();
		u64 counts = clock->read(clock);
		u32 apic = apic_counts();
		u64 width = rdtsc_ordered() - tsc;

		if (width < sample->width) {
			*sample = (struct clock_sample){ .tsc = tsc,
							 .counts = counts,
							 .apic = apic,
							 .width = width };
		}
	}
}

/* False where it stands still. */
static bool wait(const struct clock_reference *clock, u64 first, u64 counts)
{
	u64 last = first;
	u32 still = 0;

	for (u32 i = 0; i < MOST_READINGS && still < STILL_READINGS; i++) {
		u64 now = clock->read(clock);

		if (((now - first) & clock->mask) >= counts) {
			return true;
		}
		still = now == last ? still + 1 : 0;
		last = now;
	}
	return false;
}

static bool measure(const struct clock_reference *clock,
		    struct clock_rate *rate)
{
	struct clock_sample samples[SAMPLES];

	take(clock, &samples[0]);
	for (u32 i = 1; i < SAMPLES; i++) {
		if (!wait(clock, samples[i - 1].counts,
			  clock->hz * SAMPLE_US / 1000000)) {
			return false;
		}
		take(clock, &samples[i]);
	}
	return clock_rate_best(samples, SAMPLES, clock->hz, clock->mask, rate);
}

/* Against the first that is there and counts evenly. */
static bool measure_any(struct clock_rate *rate)
{
	for (struct clock_reference *clock = clock_references;
	     clock->name != NULL; clock++) {
		bool good = clock->open(clock) && measure(clock, rate);

		clock->close(clock);
		if (good) {
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

/* By the processor's own word, which emulators hand on from another machine. */
static u64 ask_processor(u64 *crystal_khz)
{
	struct cpuid_info info;
	u32 leaf[4];

	*crystal_khz = 0;
	cpuid_decode(cpuid, &info);
	if (info.vendor != CPUID_VENDOR_INTEL || info.max_leaf < CPUID_TSC) {
		return 0;
	}
	cpuid(CPUID_TSC, 0, leaf);
	return clock_rate_of_cpuid(leaf, info.family, info.model, crystal_khz);
}

/* Leaf 16h is for show, says the SDM: better than nothing. */
static u64 base_frequency(void)
{
	u32 leaf[4];

	cpuid(0, 0, leaf);
	if (leaf[0] < CPUID_FREQUENCY) {
		return 0;
	}
	cpuid(CPUID_FREQUENCY, 0, leaf);
	return (leaf[0] & 0xffff) * 1000ull;
}

/* Nothing counts: whatever the processor says has to do. */
static void rate_without_reference(u64 told_khz, u64 crystal_khz,
				   struct clock_rate *rate)
{
	origin = "from CPUID leaf 15h; no other clock answers";
	rate->tsc_khz = told_khz;
	if (told_khz == 0) {
		rate->tsc_khz = base_frequency();
		origin =
			"taken for what CPUID leaf 16h shows; no clock answers";
	}
	if (rate->tsc_khz == 0) {
		rate->tsc_khz = ASSUMED_TSC_KHZ;
		origin = "assumed: no clock answers";
	}
	rate->apic_khz =
		crystal_khz != 0 ? crystal_khz : apic_khz_by_tsc(rate->tsc_khz);
}

/* What is told exactly, where what was measured does not belie it. */
static void refine(u64 told_khz, u64 crystal_khz, struct clock_rate *rate)
{
	origin = "measured";
	if (!clock_rates_agree(told_khz, rate->tsc_khz)) {
		return;
	}
	origin = "from CPUID leaf 15h, checked";
	rate->tsc_khz = told_khz;
	if (clock_rates_agree(crystal_khz, rate->apic_khz)) {
		rate->apic_khz = crystal_khz;
	}
}

void clock_calibrate(void)
{
	struct clock_rate rate = { 0 };
	u64 crystal_khz;
	u64 told_khz = ask_processor(&crystal_khz);

	if (lapic_present()) {
		lapic_timer_measure_start();
	}
	if (measure_any(&rate)) {
		refine(told_khz, crystal_khz, &rate);
	} else {
		rate_without_reference(told_khz, crystal_khz, &rate);
	}
	tsc_khz = rate.tsc_khz;
	if (lapic_present()) {
		lapic_timer_set_rate(rate.apic_khz);
		lapic_timer_stop();
	}
}

size_t clock_origin(char *text, size_t size)
{
	return (size_t)fmt_snprintf(text, size, "%s%s%s", origin,
				    reference != NULL ? " against the " : "",
				    reference != NULL ? reference : "");
}

static void tell(char *text, size_t size)
{
	int length = fmt_snprintf(text, size, "TSC at %lu.%03lu MHz, ",
				  tsc_khz / 1000, tsc_khz % 1000);

	clock_origin(text + length, size - (size_t)length);
}
INVENTORY(40, clock, tell);

u64 clock_tsc_khz(void)
{
	return tsc_khz;
}

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
