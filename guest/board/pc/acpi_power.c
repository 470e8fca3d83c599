/* Each byte of the registers by itself, so that every width is right. */
/* build: pure */
#include "guest/board/pc/acpi_power.h"

#include "guest/board/pc/pc_clock.h"
#include "lib/string.h"

enum acpi_power_register {
	REGISTER_STATUS = 0,
	REGISTER_ENABLE = 2,
	REGISTER_CONTROL = 4,
	REGISTER_TIMER = 8,
	REGISTER_EVENT_STATUS = 12,
	REGISTER_EVENT_ENABLE = 14,
};

#define STATUS_BUTTON 0x0100u
#define ENABLE_BITS 0x0521u
#define CONTROL_SCI 0x0001u
#define CONTROL_TYPE 0x1c00u
#define CONTROL_SLEEP 0x2000u
#define CONTROL_BITS 0x1c03u
#define TYPE_OFF 0x0000u /* S5 is type 0 in a PIIX4 */
#define TIMER_BITS 24

void acpi_power_init(struct acpi_power *power)
{
	memset(power, 0, sizeof(*power));
	power->control = CONTROL_SCI; /* there is no SMM that would change it */
}

void acpi_power_press_button(struct acpi_power *power)
{
	power->status |= STATUS_BUTTON;
}

bool acpi_power_line(const struct acpi_power *power)
{
	return (power->control & CONTROL_SCI) != 0 &&
	       ((power->status & power->enable) != 0 ||
		(power->event_status & power->event_enable) != 0);
}

static u32 timer(u64 now)
{
	return (u32)(now / PC_CLOCK_PM & (BIT(TIMER_BITS) - 1));
}

static u8 byte_of(u32 value, u32 number)
{
	return (u8)(value >> 8 * number);
}

static u8 read_byte(const struct acpi_power *power, u8 at, u32 ticks)
{
	switch (at) {
	case REGISTER_STATUS ... REGISTER_STATUS + 1:
		return byte_of(power->status, at & 1u);
	case REGISTER_ENABLE ... REGISTER_ENABLE + 1:
		return byte_of(power->enable, at & 1u);
	case REGISTER_CONTROL ... REGISTER_CONTROL + 1:
		return byte_of(power->control, at & 1u);
	case REGISTER_TIMER ... REGISTER_TIMER + 3:
		return byte_of(ticks, at & 3u);
	case REGISTER_EVENT_STATUS ... REGISTER_EVENT_STATUS + 1:
		return byte_of(power->event_status, at & 1u);
	case REGISTER_EVENT_ENABLE ... REGISTER_EVENT_ENABLE + 1:
		return byte_of(power->event_enable, at & 1u);
	default:
		return 0;
	}
}

u32 acpi_power_read(struct acpi_power *power, u8 at, u8 bytes, u64 now)
{
	u32 ticks = timer(now);
	u32 value = 0;

	for (u8 i = 0; i < bytes; i++) {
		value |= (u32)read_byte(power, at + i, ticks) << 8 * i;
	}
	return value;
}

static void set_byte(u16 *word, u32 number, u8 value, u16 bits)
{
	u16 mask = (u16)(0xff << 8 * number) & bits;

	*word = (u16)((*word & ~mask) | (value << 8 * number & mask));
}

/* A 1 clears. */
static void clear_byte(u16 *word, u32 number, u8 value)
{
	*word &= (u16) ~(value << 8 * number);
}

static void write_control(struct acpi_power *power, u32 number, u8 value)
{
	bool sleeps = ((u32)value << 8 * number & CONTROL_SLEEP) != 0;

	set_byte(&power->control, number, value, CONTROL_BITS);
	if (sleeps && (power->control & CONTROL_TYPE) == TYPE_OFF) {
		power->off = true;
	}
}

static void write_byte(struct acpi_power *power, u8 at, u8 value)
{
	switch (at) {
	case REGISTER_STATUS ... REGISTER_STATUS + 1:
		clear_byte(&power->status, at & 1u, value);
		break;
	case REGISTER_ENABLE ... REGISTER_ENABLE + 1:
		set_byte(&power->enable, at & 1u, value, ENABLE_BITS);
		break;
	case REGISTER_CONTROL ... REGISTER_CONTROL + 1:
		write_control(power, at & 1u, value);
		break;
	case REGISTER_EVENT_STATUS ... REGISTER_EVENT_STATUS + 1:
		clear_byte(&power->event_status, at & 1u, value);
		break;
	case REGISTER_EVENT_ENABLE ... REGISTER_EVENT_ENABLE + 1:
		set_byte(&power->event_enable, at & 1u, value, 0xffff);
		break;
	default:
		break;
	}
}

void acpi_power_write(struct acpi_power *power, u8 at, u8 bytes, u32 value)
{
	for (u8 i = 0; i < bytes; i++) {
		write_byte(power, at + i, byte_of(value, i));
	}
}
