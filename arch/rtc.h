/* The real-time clock (MC146818 and its descendants), read as the BIOS does. */
#pragma once

#include "lib/types.h"

/* The chip's own values: in BCD, on every PC. */
struct rtc_time {
	u8 seconds, minutes, hours;
	u8 day, month, year, century;
};

/*
 * Whether there is a clock; without one both of its ports read FFh. The first
 * call is on the boot core, before others run.
 */
bool rtc_present(void);

/*
 * Reads the time; waits for an update to end, at most 2 ms. On any core that
 * owns ports 70h and 71h.
 */
void rtc_read(struct rtc_time *time);

/*
 * Reads a byte of CMOS memory; a lock keeps other cores away from its two
 * ports. Bit 7 of index, which would mask NMIs at port 70h, is ignored.
 */
u8 rtc_read_cmos(u8 index);
void rtc_write_cmos(u8 index, u8 value);
