/* One after the other: ACPI's PM timer, the HPET, channel 2 of the PIT. */
#include "arch/clock_reference.h"

#include "arch/cpu.h"
#include "arch/machine.h"
#include "arch/mem/paging.h"

#define PM_TIMER_HZ 3579545ull /* ACPI specification, Power Management Timer */
#define PM_TIMER_MASK 0xffffffu

#define HPET_PERIOD (0x04 / 4) /* of a count, in femtoseconds */
#define HPET_CONFIGURATION (0x10 / 4)
#define HPET_ENABLED BIT(0)
#define HPET_COUNTER (0xf0 / 4)
#define HPET_BYTES 1024
#define HPET_PERIOD_MAX 100000000u /* its specification's limit: 100 ns */
#define FEMTOSECONDS 1000000000000000ull

#define PIT_HZ 1193182ull
#define PIT_MASK 0xffffu
#define PIT_CHANNEL_2 0x42
#define PIT_COMMAND 0x43
#define PIT_CHANNEL_2_ONE_SHOT 0xb0 /* both bytes, mode 0 */
#define PIT_CHANNEL_2_LATCH 0x80
#define PORT_B 0x61
#define PORT_B_TIMER_2_GATE 0x01
#define PORT_B_SPEAKER 0x02

static bool open_pm_timer(struct clock_reference *reference)
{
	reference->place = machine_acpi()->pm_timer_port;
	return reference->place != 0;
}

static u64 read_pm_timer(const struct clock_reference *reference)
{
	return inl((u16)reference->place);
}

static const volatile u32 *hpet(const struct clock_reference *reference)
{
	return phys_to_virt(reference->place);
}

/* Whether it runs is for the firmware to decide: others may use it. */
static bool open_hpet(struct clock_reference *reference)
{
	u32 period;

	reference->place = machine_acpi()->hpet_address;
	if (reference->place == 0 ||
	    !phys_is_mapped(reference->place, HPET_BYTES)) {
		return false;
	}
	period = hpet(reference)[HPET_PERIOD];
	if (period == 0 || period > HPET_PERIOD_MAX ||
	    !(hpet(reference)[HPET_CONFIGURATION] & HPET_ENABLED)) {
		return false;
	}
	reference->hz = FEMTOSECONDS / period;
	return true;
}

static u64 read_hpet(const struct clock_reference *reference)
{
	return hpet(reference)[HPET_COUNTER];
}

static bool open_pit(struct clock_reference *reference)
{
	reference->saved = inb(PORT_B);
	outb(PORT_B,
	     (u8)((reference->saved & ~PORT_B_SPEAKER) | PORT_B_TIMER_2_GATE));
	outb(PIT_COMMAND, PIT_CHANNEL_2_ONE_SHOT);
	outb(PIT_CHANNEL_2, 0xff);
	outb(PIT_CHANNEL_2, 0xff);
	return true;
}

static void close_pit(struct clock_reference *reference)
{
	outb(PORT_B, reference->saved);
}

/* It is the latching that takes the count, and it counts down. */
static u64 read_pit(const struct clock_reference *reference)
{
	u32 count;

	(void)reference;
	outb(PIT_COMMAND, PIT_CHANNEL_2_LATCH);
	count = inb(PIT_CHANNEL_2);
	count |= (u32)inb(PIT_CHANNEL_2) << 8;
	return PIT_MASK - count;
}

static void leave(struct clock_reference *reference)
{
	(void)reference;
}

struct clock_reference clock_references[] = {
	{ .name = "ACPI PM timer",
	  .hz = PM_TIMER_HZ,
	  .mask = PM_TIMER_MASK,
	  .open = open_pm_timer,
	  .close = leave,
	  .read = read_pm_timer },
	{ .name = "HPET",
	  .mask = UINT32_MAX,
	  .open = open_hpet,
	  .close = leave,
	  .read = read_hpet },
	{ .name = "PIT",
	  .hz = PIT_HZ,
	  .mask = PIT_MASK,
	  .open = open_pit,
	  .close = close_pit,
	  .read = read_pit },
	{ 0 },
};
