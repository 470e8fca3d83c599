/* The real-time clock (MC146818 and its descendants), read as the BIOS does. */
#pragma once

#include "lib/types.h"

/* As the chip holds them, in BCD on every PC. */
struct rtc_time {
	u8 seconds, minutes, hours;
	u8 day, month, year, century;
};

/* Any core that owns ports 70h and 71h; waits out an update (at most 2 ms). */
void rtc_read(struct rtc_time *time);

/*
 * One byte of CMOS memory, at once against other cores. Bit 7 of the index,
 * which would mask NMIs at port 70h, is ignored.
 */
u8 rtc_read_cmos(u8 index);
void rtc_write_cmos(u8 index, u8 value);
