/*
 * The 8254 timer of a PC with its three counters, and port 61h, which has the
 * third one's gate and output, the speaker's data and the toggle of the memory
 * refresh. Intel, "8254 Programmable Interval Timer". Times are those of
 * guest/board/pc/pc_clock.h. Pure.
 *
 * A counter is never stepped: it is computed from the time when its count was
 * loaded. A new count is loaded at once, in modes 2 and 3 also in the middle of
 * a period.
 */
#pragma once

#include "lib/types.h"

#define I8254_COUNTERS 3u
#define I8254_PORT 0x40u
#define I8254_CONTROL 0x43u
#define I8254_SPEAKER_PORT 0x61u

struct i8254_counter {
	u32 count;  /* initial, 1 to 10000h; 0: none since the control word */
	u64 loaded; /* when it was, in ticks of the counter */
	u64 frozen; /* while the gate holds it: ticks that had been counted */
	u8 mode;    /* 0 to 5 */
	u8 access;  /* 1: low byte, 2: high byte, 3: one after the other */
	bool bcd;
	bool gate;
	bool triggered; /* modes 1 and 5: the gate has risen since */
	bool high_next_in, high_next_out; /* access 3: which byte is next */
	u8 low_written;
	u8 latched; /* bytes of latch that are to be read yet */
	u16 latch;
	bool status_latched;
	u8 status;
};

struct i8254 {
	struct i8254_counter counter[I8254_COUNTERS];
	bool speaker;
	u64 seen; /* counter 0's rising edges up to here are told */
};

void i8254_init(struct i8254 *pit, u64 now);

/* Ports 40h to 43h. */
u8 i8254_read(struct i8254 *pit, u16 port, u64 now);
void i8254_write(struct i8254 *pit, u16 port, u8 value, u64 now);

/* Port 61h. */
u8 i8254_read_speaker(const struct i8254 *pit, u64 now);
void i8254_write_speaker(struct i8254 *pit, u8 value, u64 now);

/* What is on a counter's pins and in it; for its owner and for tests. */
bool i8254_out(const struct i8254 *pit, u32 counter, u64 now);
u16 i8254_count(const struct i8254 *pit, u32 counter, u64 now);

/* Whether counter 0's output has risen since the last call: line 0's edge. */
bool i8254_has_risen(struct i8254 *pit, u64 now);

/* When it rises next, or PC_NEVER. */
u64 i8254_next_rise(const struct i8254 *pit, u64 now);
