/* The real-time clock (MC146818 and its descendants), read as the BIOS does. */
#pragma once

#include "lib/types.h"

/* As the chip holds them, in BCD on every PC. */
struct rtc_time {
	u8 seconds, minutes, hours;
	u8 day, month, year, century;
};

/*
 * Whether there is one: without it both of its ports read as FFh. Asked for the
 * first time on the boot core before others run.
 */
bool rtc_present(void);

/* Any core that owns ports 70h and 71h; waits out an update (at most 2 ms). */
void rtc_read(struct rtc_time *time);

/*
 * One byte of CMOS memory, at once against other cores. Bit 7 of the index,
 * which would mask NMIs at port 70h, is ignored.
 */
u8 rtc_read_cmos(u8 index);
void rtc_write_cmos(u8 index, u8 value);
