/* One after the other: the HPET, ACPI's PM timer, channel 2 of the PIT. */
#include "arch/clock_reference.h"

#include "arch/cpu.h"
#include "arch/machine.h"
#include "arch/mem/paging.h"

#define PM_TIMER_HZ 3579545ull /* ACPI specification, Power Management Timer */
#define PM_TIMER_MASK 0xffffffu

#define HPET_CAPABILITIES (0x00 / 4)
#define HPET_PERIOD (0x04 / 4) /* of a count, in femtoseconds */
#define HPET_CONFIGURATION (0x10 / 4)
#define HPET_ENABLED BIT(0)
#define HPET_LEGACY BIT(1) /* it takes the PIT's and the RTC's interrupts */
#define HPET_TIMER_0 (0x100 / 4)
#define HPET_TIMER_STEP (0x20 / 4)
#define HPET_TIMER_INTERRUPT BIT(2)
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
#define PORT_B_TIMER_2_GATE 0x01u
#define PORT_B_SPEAKER 0x02u

static bool open_pm_timer(struct clock_reference *reference)
{
	reference->place = machine_acpi()->pm_timer_port;
	return reference->place != 0;
}

static u64 read_pm_timer(const struct clock_reference *reference)
{
	return inl((u16)reference->place);
}

static volatile u32 *hpet(const struct clock_reference *reference)
{
	return phys_to_virt(reference->place);
}

/* Whether starting the counter starts nothing else. */
static bool hpet_is_idle(const volatile u32 *registers)
{
	u32 timers = (registers[HPET_CAPABILITIES] >> 8 & 0x1f) + 1;

	for (u32 i = 0; i < timers; i++) {
		if (registers[HPET_TIMER_0 + i * HPET_TIMER_STEP] &
		    HPET_TIMER_INTERRUPT) {
			return false;
		}
	}
	return !(registers[HPET_CONFIGURATION] & HPET_LEGACY);
}

/* Many a firmware leaves it off; then it runs for as long as it is read. */
static bool open_hpet(struct clock_reference *reference)
{
	volatile u32 *registers;
	u32 period;

	reference->place = machine_acpi()->hpet_address;
	if (reference->place == 0 ||
	    !phys_is_mapped(reference->place, HPET_BYTES)) {
		return false;
	}
	registers = hpet(reference);
	period = registers[HPET_PERIOD];
	if (period == 0 || period > HPET_PERIOD_MAX) {
		return false;
	}
	reference->hz = FEMTOSECONDS / period;
	reference->saved = registers[HPET_CONFIGURATION];
	if (!(reference->saved & HPET_ENABLED) && hpet_is_idle(registers)) {
		registers[HPET_CONFIGURATION] = reference->saved | HPET_ENABLED;
	}
	return true;
}

static void close_hpet(struct clock_reference *reference)
{
	volatile u32 *registers = hpet(reference);

	if (registers[HPET_CONFIGURATION] != reference->saved) {
		registers[HPET_CONFIGURATION] = reference->saved;
	}
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
	outb(PORT_B, (u8)reference->saved);
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
	{ .name = "HPET",
	  .mask = UINT32_MAX,
	  .open = open_hpet,
	  .close = close_hpet,
	  .read = read_hpet },
	{ .name = "ACPI PM timer",
	  .hz = PM_TIMER_HZ,
	  .mask = PM_TIMER_MASK,
	  .open = open_pm_timer,
	  .close = leave,
	  .read = read_pm_timer },
	{ .name = "PIT",
	  .hz = PIT_HZ,
	  .mask = PIT_MASK,
	  .open = open_pit,
	  .close = close_pit,
	  .read = read_pit },
	{ 0 },
};
