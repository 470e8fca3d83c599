/* Counts and outputs as functions of the time, and the bytes of the ports. */
/* build: pure hot */
#include "guest/board/pc/i8254.h"

#include "guest/board/pc/pc_clock.h"
#include "lib/string.h"

#define CONTROL_BCD 0x01u
#define CONTROL_READ_BACK 3u
#define READ_BACK_NO_COUNT 0x20u
#define READ_BACK_NO_STATUS 0x10u
#define STATUS_OUT 0x80u
#define STATUS_NULL_COUNT 0x40u
#define ACCESS_LOW 1u
#define ACCESS_HIGH 2u
#define ACCESS_BOTH 3u
#define SPEAKER_GATE 0x01u
#define SPEAKER_DATA 0x02u
#define SPEAKER_REFRESH 0x10u
#define SPEAKER_OUT 0x20u
/* The refresh bit turns each 15 us. */
#define REFRESH_TICKS (PC_CLOCK_HZ / 1000000u * 15u)

static u64 pit_time(u64 now)
{
	return now / PC_CLOCK_PIT;
}

static bool by_trigger(const struct i8254_counter *c)
{
	return c->mode == 1 || c->mode == 5;
}

static bool is_periodic(const struct i8254_counter *c)
{
	return c->mode == 2 || c->mode == 3;
}

static bool is_counting(const struct i8254_counter *c)
{
	return c->count != 0 && (by_trigger(c) ? c->triggered : c->gate);
}

/* Ticks since the count was loaded. */
static u64 elapsed(const struct i8254_counter *c, u64 ticks)
{
	return is_counting(c) ? ticks - c->loaded : c->frozen;
}

static u32 range(const struct i8254_counter *c)
{
	return c->bcd ? 10000 : 0x10000;
}

static u32 count_of(const struct i8254_counter *c, u64 ticks)
{
	u64 d = elapsed(c, ticks);

	if (c->count == 0) {
		return 0;
	}
	switch (c->mode) {
	case 2:
		return c->count - (u32)(d % c->count);
	case 3:
		/* By twos, and all values even. */
		return (c->count - (u32)(2 * d % c->count)) & ~1u;
	default:
		return (u32)((c->count + range(c) - d % range(c)) % range(c));
	}
}

static bool out_of(const struct i8254_counter *c, u64 ticks)
{
	u64 d = elapsed(c, ticks);

	if (c->count == 0) {
		return c->mode != 0;
	}
	switch (c->mode) {
	case 0:
		return d >= c->count;
	case 1:
		return !c->triggered || d >= c->count;
	case 2:
		return !c->gate || d % c->count != c->count - 1;
	case 3:
		return !c->gate || d % c->count < (c->count + 1) / 2;
	default:
		return (c->mode == 5 && !c->triggered) || d != c->count;
	}
}

/* The first tick behind `ticks` at which the output goes from low to high. */
static u64 next_rise_of(const struct i8254_counter *c, u64 ticks)
{
	u64 d, rise;

	if (!is_counting(c)) {
		return PC_NEVER;
	}
	d = ticks - c->loaded;
	switch (c->mode) {
	case 0:
	case 1:
		rise = c->count;
		break;
	case 2:
	case 3:
		return c->loaded + (d / c->count + 1) * c->count;
	default:
		rise = c->count + 1ull;
		break;
	}
	return d < rise ? c->loaded + rise : PC_NEVER;
}

bool i8254_out(const struct i8254 *pit, u32 counter, u64 now)
{
	return out_of(&pit->counter[counter], pit_time(now));
}

static u16 to_bcd(u32 value)
{
	return (u16)(value % 10 | value / 10 % 10 << 4 | value / 100 % 10 << 8 |
		     value / 1000 % 10 << 12);
}

static u32 from_bcd(u32 value)
{
	return (value & 15) + (value >> 4 & 15) * 10 + (value >> 8 & 15) * 100 +
	       (value >> 12 & 15) * 1000;
}

static u16 shown_count(const struct i8254_counter *c, u64 ticks)
{
	u32 count = count_of(c, ticks);

	return c->bcd ? to_bcd(count) : (u16)count;
}

u16 i8254_count(const struct i8254 *pit, u32 counter, u64 now)
{
	return shown_count(&pit->counter[counter], pit_time(now));
}

/* OUT has been high since the last period began, if it has been so at all. */
bool i8254_has_risen(struct i8254 *pit, u64 now)
{
	u64 ticks = pit_time(now);
	u64 rise = next_rise_of(&pit->counter[0], pit->seen);

	pit->seen = MAX(pit->seen, ticks);
	return rise <= ticks;
}

u64 i8254_next_rise(const struct i8254 *pit, u64 now)
{
	u64 ticks =
		next_rise_of(&pit->counter[0], MIN(pit->seen, pit_time(now)));

	return ticks == PC_NEVER ? PC_NEVER : ticks * PC_CLOCK_PIT;
}

void i8254_init(struct i8254 *pit, u64 now)
{
	memset(pit, 0, sizeof(*pit));
	for (u32 i = 0; i < I8254_COUNTERS; i++) {
		pit->counter[i].mode = 3;
		pit->counter[i].access = ACCESS_BOTH;
		pit->counter[i].gate = i != 2;
	}
	pit->seen = pit_time(now);
}

static void load(struct i8254_counter *c, u16 value, u64 ticks)
{
	u32 count = c->bcd ? from_bcd(value) : value;

	c->count = count == 0 ? range(c) : count;
	c->loaded = ticks;
	c->frozen = 0;
	if (by_trigger(c)) {
		c->triggered = false;
	}
}

static void write_count(struct i8254_counter *c, u8 value, u64 ticks)
{
	if (c->access == ACCESS_LOW) {
		load(c, value, ticks);
	} else if (c->access == ACCESS_HIGH) {
		load(c, (u16)(value << 8), ticks);
	} else if (c->high_next_in) {
		c->high_next_in = false;
		load(c, (u16)(value << 8 | c->low_written), ticks);
	} else {
		c->low_written = value;
		c->high_next_in = true;
		if (c->mode == 0) {
			c->count = 0; /* counting stops in between */
		}
	}
}

static u8 take_byte(const struct i8254_counter *c, u16 value, bool *high_next)
{
	bool high = c->access == ACCESS_HIGH;

	if (c->access == ACCESS_BOTH) {
		high = *high_next;
		*high_next = !*high_next;
	}
	return (u8)(high ? value >> 8 : value);
}

static u8 read_counter(struct i8254_counter *c, u64 ticks)
{
	if (c->status_latched) {
		c->status_latched = false;
		return c->status;
	}
	if (c->latched != 0) {
		c->latched--;
		return take_byte(c, c->latch, &c->high_next_out);
	}
	return take_byte(c, shown_count(c, ticks), &c->high_next_out);
}

/* One that is latched already stays as it is until it is read. */
static void latch_count(struct i8254_counter *c, u64 ticks)
{
	if (c->latched == 0) {
		c->latch = shown_count(c, ticks);
		c->latched = c->access == ACCESS_BOTH ? 2 : 1;
		c->high_next_out = false;
	}
}

static void latch_status(struct i8254_counter *c, u64 ticks)
{
	if (c->status_latched) {
		return;
	}
	c->status = (u8)((out_of(c, ticks) ? STATUS_OUT : 0) |
			 (c->count == 0 ? STATUS_NULL_COUNT : 0) |
			 (u32)c->access << 4 | (u32)c->mode << 1 |
			 (c->bcd ? CONTROL_BCD : 0));
	c->status_latched = true;
}

static void read_back(struct i8254 *pit, u8 value, u64 ticks)
{
	for (u32 i = 0; i < I8254_COUNTERS; i++) {
		if ((value >> (i + 1) & 1) == 0) {
			continue;
		}
		if ((value & READ_BACK_NO_COUNT) == 0) {
			latch_count(&pit->counter[i], ticks);
		}
		if ((value & READ_BACK_NO_STATUS) == 0) {
			latch_status(&pit->counter[i], ticks);
		}
	}
}

static void write_control(struct i8254 *pit, u8 value, u64 ticks)
{
	struct i8254_counter *c;
	u8 mode = value >> 1 & 7;

	if (value >> 6 == CONTROL_READ_BACK) {
		read_back(pit, value, ticks);
		return;
	}
	c = &pit->counter[value >> 6];
	if ((value >> 4 & 3) == 0) {
		latch_count(c, ticks);
		return;
	}
	*c = (struct i8254_counter){
		.gate = c->gate,
		.access = value >> 4 & 3,
		/* Bit 2 of the mode does not count in modes 2 and 3. */
		.mode = mode > 5 ? mode & 3 : mode,
		.bcd = (value & CONTROL_BCD) != 0,
	};
}

void i8254_write(struct i8254 *pit, u16 port, u8 value, u64 now)
{
	u64 ticks = pit_time(now);

	if (port == I8254_CONTROL) {
		write_control(pit, value, ticks);
	} else {
		write_count(&pit->counter[port & 3], value, ticks);
	}
	pit->seen = MAX(pit->seen, ticks);
}

u8 i8254_read(struct i8254 *pit, u16 port, u64 now)
{
	/* Nothing drives the bus for a read of the control word. */
	return port == I8254_CONTROL
		       ? 0xff
		       : read_counter(&pit->counter[port & 3], pit_time(now));
}

u8 i8254_read_speaker(const struct i8254 *pit, u64 now)
{
	return (u8)((pit->counter[2].gate ? SPEAKER_GATE : 0) |
		    (pit->speaker ? SPEAKER_DATA : 0) |
		    (now / REFRESH_TICKS % 2 != 0 ? SPEAKER_REFRESH : 0) |
		    (i8254_out(pit, 2, now) ? SPEAKER_OUT : 0));
}

/* A rising gate begins anew, or in modes 0 and 4 goes on. */
static void set_gate(struct i8254_counter *c, bool gate, u64 ticks)
{
	if (gate == c->gate) {
		return;
	}
	if (!gate) {
		if (!by_trigger(c)) {
			c->frozen = is_periodic(c) ? 0 : elapsed(c, ticks);
		}
		c->gate = false;
		return;
	}
	c->gate = true;
	if (by_trigger(c)) {
		c->triggered = c->count != 0;
		c->loaded = ticks;
	} else {
		c->loaded = ticks - c->frozen;
	}
}

void i8254_write_speaker(struct i8254 *pit, u8 value, u64 now)
{
	pit->speaker = (value & SPEAKER_DATA) != 0;
	set_gate(&pit->counter[2], (value & SPEAKER_GATE) != 0, pit_time(now));
}
