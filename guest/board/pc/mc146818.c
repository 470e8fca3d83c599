/* The calendar goes second by second, so that alarms are seen on the way. */
/* build: pure */
#include "guest/board/pc/mc146818.h"

#include "guest/board/pc/pc_clock.h"
#include "lib/string.h"

enum mc146818_register {
	RTC_SECONDS,
	RTC_SECONDS_ALARM,
	RTC_MINUTES,
	RTC_MINUTES_ALARM,
	RTC_HOURS,
	RTC_HOURS_ALARM,
	RTC_WEEKDAY,
	RTC_DAY,
	RTC_MONTH,
	RTC_YEAR,
	RTC_A,
	RTC_B,
	RTC_C,
	RTC_D,
};

#define A_UPDATE_IN_PROGRESS 0x80u
#define A_DIVIDER 0x70u
#define A_DIVIDER_32768 0x20u
#define A_RATE 0x0fu
#define A_RESET 0x26u
#define B_24_HOURS 0x02u
#define B_BINARY 0x04u
#define B_UPDATE_INTERRUPT 0x10u
#define B_ALARM_INTERRUPT 0x20u
#define B_PERIODIC_INTERRUPT 0x40u
#define B_SET 0x80u
#define C_UPDATE B_UPDATE_INTERRUPT
#define C_ALARM B_ALARM_INTERRUPT
#define C_PERIODIC B_PERIODIC_INTERRUPT
#define C_INTERRUPT 0x80u
#define D_VALID 0x80u
#define HOUR_PM 0x80u
#define ALARM_ANY 0xc0u
#define CRYSTAL_HZ 32768u
/* The update is announced so long before, so that a reader has time. */
#define UPDATE_NOTICE (PC_CLOCK_HZ / 1000000u * 244u)

static u8 encode(const struct mc146818 *rtc, u32 value)
{
	return (u8)((rtc->bytes[RTC_B] & B_BINARY) != 0
			    ? value
			    : value % 10 | value / 10 << 4);
}

static u32 decode(const struct mc146818 *rtc, u8 value)
{
	return (rtc->bytes[RTC_B] & B_BINARY) != 0
		       ? value
		       : (value & 15u) + (value >> 4) * 10u;
}

static u8 encode_hour(const struct mc146818 *rtc, u32 hour)
{
	u32 of_12 = hour % 12 == 0 ? 12 : hour % 12;

	if (rtc->bytes[RTC_B] & B_24_HOURS) {
		return encode(rtc, hour);
	}
	return encode(rtc, of_12) | (hour >= 12 ? HOUR_PM : 0);
}

static u32 decode_hour(const struct mc146818 *rtc, u8 value)
{
	if (rtc->bytes[RTC_B] & B_24_HOURS) {
		return decode(rtc, value);
	}
	return decode(rtc, value & (u8)~HOUR_PM) % 12 +
	       (value & HOUR_PM ? 12 : 0);
}

static bool is_running(const struct mc146818 *rtc)
{
	return (rtc->bytes[RTC_A] & A_DIVIDER) == A_DIVIDER_32768;
}

static bool updates(const struct mc146818 *rtc)
{
	return is_running(rtc) && (rtc->bytes[RTC_B] & B_SET) == 0;
}

/* In cycles of the crystal; 0: none. Rates 1 and 2 are as 8 and 9. */
static u32 period(const struct mc146818 *rtc)
{
	u32 rate = rtc->bytes[RTC_A] & A_RATE;

	if (rate == 0 || !is_running(rtc)) {
		return 0;
	}
	return 1u << ((rate <= 2 ? rate + 7 : rate) - 1);
}

static u64 periods_until(const struct mc146818 *rtc, u64 now)
{
	u32 cycles = period(rtc);

	return cycles == 0 ? 0 : now * CRYSTAL_HZ / PC_CLOCK_HZ / cycles;
}

void mc146818_init(struct mc146818 *rtc, const struct mc146818_time *time,
		   u64 now)
{
	memset(rtc, 0, sizeof(*rtc));
	rtc->second_began = now;
	rtc->bytes[RTC_A] = A_RESET;
	rtc->bytes[RTC_B] = B_24_HOURS;
	rtc->bytes[RTC_D] = D_VALID;
	rtc->bytes[RTC_SECONDS] = encode(rtc, time->second);
	rtc->bytes[RTC_MINUTES] = encode(rtc, time->minute);
	rtc->bytes[RTC_HOURS] = encode(rtc, time->hour);
	rtc->bytes[RTC_WEEKDAY] = time->weekday;
	rtc->bytes[RTC_DAY] = encode(rtc, time->day);
	rtc->bytes[RTC_MONTH] = encode(rtc, time->month);
	rtc->bytes[RTC_YEAR] = encode(rtc, time->year % 100u);
	rtc->bytes[MC146818_CENTURY] = encode(rtc, time->year / 100u);
	rtc->periods = periods_until(rtc, now);
}

static u32 days_of(u32 month, u32 year)
{
	static const u8 days[] = { 31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12) {
		return 31;
	}
	return days[month - 1] + (month == 2 && year % 4 == 0 ? 1u : 0u);
}

/* Moves a register on; true where it begins again with `first`. */
static bool step(struct mc146818 *rtc, u8 number, u32 first, u32 last)
{
	u32 value = decode(rtc, rtc->bytes[number]) + 1;
	bool wraps = value > last;

	rtc->bytes[number] = encode(rtc, wraps ? first : value);
	return wraps;
}

static void step_day(struct mc146818 *rtc)
{
	u32 month = decode(rtc, rtc->bytes[RTC_MONTH]);
	u32 year = decode(rtc, rtc->bytes[RTC_YEAR]);

	rtc->bytes[RTC_WEEKDAY] = rtc->bytes[RTC_WEEKDAY] % 7 + 1;
	if (step(rtc, RTC_DAY, 1, days_of(month, year)) &&
	    step(rtc, RTC_MONTH, 1, 12)) {
		step(rtc, RTC_YEAR, 0, 99);
	}
}

static void step_second(struct mc146818 *rtc)
{
	u32 hour;

	if (!step(rtc, RTC_SECONDS, 0, 59) || !step(rtc, RTC_MINUTES, 0, 59)) {
		return;
	}
	hour = decode_hour(rtc, rtc->bytes[RTC_HOURS]) + 1;
	rtc->bytes[RTC_HOURS] = encode_hour(rtc, hour % 24);
	if (hour >= 24) {
		step_day(rtc);
	}
}

static bool alarm_matches(const struct mc146818 *rtc, u8 alarm)
{
	u8 wanted = rtc->bytes[alarm];

	return (wanted & ALARM_ANY) == ALARM_ANY ||
	       wanted == rtc->bytes[alarm - 1];
}

static void update(struct mc146818 *rtc)
{
	step_second(rtc);
	rtc->bytes[RTC_C] |= C_UPDATE;
	if (alarm_matches(rtc, RTC_SECONDS_ALARM) &&
	    alarm_matches(rtc, RTC_MINUTES_ALARM) &&
	    alarm_matches(rtc, RTC_HOURS_ALARM)) {
		rtc->bytes[RTC_C] |= C_ALARM;
	}
}

bool mc146818_line(const struct mc146818 *rtc)
{
	return (rtc->bytes[RTC_B] & rtc->bytes[RTC_C] &
		(C_UPDATE | C_ALARM | C_PERIODIC)) != 0;
}

void mc146818_advance(struct mc146818 *rtc, u64 now)
{
	u64 periods = periods_until(rtc, now);

	if (periods != rtc->periods) {
		rtc->periods = periods;
		rtc->bytes[RTC_C] |= C_PERIODIC;
	}
	while (updates(rtc) && now - rtc->second_began >= PC_CLOCK_HZ) {
		rtc->second_began += PC_CLOCK_HZ;
		update(rtc);
	}
}

static u64 next_period(const struct mc146818 *rtc)
{
	u32 cycles = period(rtc);

	if (cycles == 0 || !(rtc->bytes[RTC_B] & B_PERIODIC_INTERRUPT)) {
		return PC_NEVER;
	}
	return ((rtc->periods + 1) * cycles * PC_CLOCK_HZ + CRYSTAL_HZ - 1) /
	       CRYSTAL_HZ;
}

/* Nothing is due while the line is up: it takes a read of C to fall. */
u64 mc146818_deadline(const struct mc146818 *rtc, u64 now)
{
	u64 deadline;

	(void)now;
	if (mc146818_line(rtc)) {
		return PC_NEVER;
	}
	deadline = next_period(rtc);
	if (updates(rtc) && (rtc->bytes[RTC_B] &
			     (B_UPDATE_INTERRUPT | B_ALARM_INTERRUPT)) != 0) {
		deadline = MIN(deadline, rtc->second_began + PC_CLOCK_HZ);
	}
	return deadline;
}

static u8 read_a(const struct mc146818 *rtc, u64 now)
{
	u64 into = now - rtc->second_began;
	bool soon = updates(rtc) && into + UPDATE_NOTICE >= PC_CLOCK_HZ;

	return rtc->bytes[RTC_A] | (soon ? A_UPDATE_IN_PROGRESS : 0);
}

static u8 read_c(struct mc146818 *rtc)
{
	u8 value = rtc->bytes[RTC_C] | (mc146818_line(rtc) ? C_INTERRUPT : 0);

	rtc->bytes[RTC_C] = 0;
	return value;
}

u8 mc146818_read(struct mc146818 *rtc, u16 port, u64 now)
{
	if (port != MC146818_DATA_PORT) {
		return 0xff; /* the index can only be written */
	}
	mc146818_advance(rtc, now);
	switch (rtc->index) {
	case RTC_A:
		return read_a(rtc, now);
	case RTC_C:
		return read_c(rtc);
	default:
		return rtc->bytes[rtc->index];
	}
}

static void write_a(struct mc146818 *rtc, u8 value, u64 now)
{
	bool ran = is_running(rtc);

	rtc->bytes[RTC_A] = value & (u8)~A_UPDATE_IN_PROGRESS;
	rtc->periods = periods_until(rtc, now);
	if (!ran && is_running(rtc)) {
		/* The first update comes half a second after the start. */
		rtc->second_began = now - PC_CLOCK_HZ / 2;
	}
}

static void write_b(struct mc146818 *rtc, u8 value, u64 now)
{
	bool was_set = (rtc->bytes[RTC_B] & B_SET) != 0;

	if (value & B_SET) {
		value &= (u8)~B_UPDATE_INTERRUPT;
	}
	rtc->bytes[RTC_B] = value;
	if (was_set && !(value & B_SET)) {
		rtc->second_began = now;
	}
}

void mc146818_write(struct mc146818 *rtc, u16 port, u8 value, u64 now)
{
	if (port != MC146818_DATA_PORT) {
		rtc->index = value % MC146818_BYTES;
		return;
	}
	mc146818_advance(rtc, now);
	switch (rtc->index) {
	case RTC_A:
		write_a(rtc, value, now);
		break;
	case RTC_B:
		write_b(rtc, value, now);
		break;
	case RTC_C:
	case RTC_D:
		break;
	default:
		rtc->bytes[rtc->index] = value;
		break;
	}
}
