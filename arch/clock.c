/*
 * The kernel's clock. Calibrated on the boot core before others come up; read
 * on any core. The TSCs of all cores count at one rate, but may differ.
 */
#include "arch/clock.h"

#include "arch/cpu.h"
#include "arch/lapic.h"
#include "arch/percpu.h"

#define PM_TIMER_HZ 3579545ull /* ACPI specification, Power Management Timer */
#define PM_TIMER_MASK 0xffffffu
#define PIT_HZ 1193182ull
#define PIT_CHANNEL_2 0x42
#define PIT_COMMAND 0x43
#define PIT_CHANNEL_2_ONE_SHOT 0xb0 /* both bytes, mode 0 */
#define PORT_B 0x61
#define PORT_B_TIMER_2_GATE 0x01
#define PORT_B_SPEAKER 0x02
#define PORT_B_TIMER_2_OUT 0x20

#define CALIBRATION_MS 2
#define PATIENCE 10000000u
/* What a rate is taken for when no reference clock counts. */
#define ASSUMED_TSC_KHZ 1000000

static u64 start_tsc;
static u64 tsc_khz;
static const char *reference; /* NULL until a clock has counted */

void clock_start(void)
{
	start_tsc = rdtsc();
}

/* Waits for the given PM timer counts; false where it stands still. */
static bool wait_pm_timer(u16 port, u32 counts)
{
	u32 first = inl(port) & PM_TIMER_MASK;

	for (u32 i = 0; i < PATIENCE; i++) {
		if (((inl(port) - first) & PM_TIMER_MASK) >= counts) {
			return true;
		}
	}
	return false;
}

static bool wait_pit(u16 counts)
{
	u8 saved = inb(PORT_B);
	bool done = false;

	outb(PORT_B, (u8)((saved & ~PORT_B_SPEAKER) | PORT_B_TIMER_2_GATE));
	outb(PIT_COMMAND, PIT_CHANNEL_2_ONE_SHOT);
	outb(PIT_CHANNEL_2, (u8)counts);
	outb(PIT_CHANNEL_2, (u8)(counts >> 8));
	for (u32 i = 0; i < PATIENCE && !done; i++) {
		done = (inb(PORT_B) & PORT_B_TIMER_2_OUT) != 0;
	}
	outb(PORT_B, saved);
	return done;
}

static void measure_start(void)
{
	if (lapic_present()) {
		lapic_timer_measure_start();
	}
}

void clock_calibrate(u16 pm_timer_port)
{
	u64 before = rdtsc();
	u64 ticks;

	measure_start();
	if (pm_timer_port != 0 &&
	    wait_pm_timer(pm_timer_port, PM_TIMER_HZ * CALIBRATION_MS / 1000)) {
		reference = "ACPI PM timer";
	} else {
		measure_start();
		before = rdtsc();
		if (wait_pit(PIT_HZ * CALIBRATION_MS / 1000)) {
			reference = "PIT";
		}
	}
	ticks = rdtsc() - before;
	if (lapic_present()) {
		lapic_timer_set_rate(lapic_timer_measure_elapsed() /
				     CALIBRATION_MS);
		lapic_timer_stop();
	}
	tsc_khz = ticks / CALIBRATION_MS;
	if (reference == NULL || tsc_khz == 0) {
		tsc_khz = ASSUMED_TSC_KHZ;
	}
}

const char *clock_reference(void)
{
	return reference != NULL ? reference : "nothing: no clock answers";
}

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
