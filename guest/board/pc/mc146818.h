/*
 * The clock of a PC and its 114 bytes of CMOS memory, at ports 70h and 71h:
 * Motorola, "MC146818A Real-Time Clock plus RAM". Update-ended, alarm and
 * periodic interrupts are on line 8. Pure.
 */
#pragma once

#include "lib/types.h"

#define MC146818_INDEX_PORT 0x70u
#define MC146818_DATA_PORT 0x71u
#define MC146818_BYTES 128u
#define MC146818_CENTURY 0x32u /* where PCs keep it, in BCD */

struct mc146818 {
	u8 index; /* bit 7, which masks the NMI, is not in it */
	u8 bytes[MC146818_BYTES];
	u64 second_began; /* of the one that runs */
	u64 periods;	  /* periodic interrupts up to now, by the rate */
};

/* Date and time in a calendar that all know; year with its century. */
struct mc146818_time {
	u16 year;
	u8 month, day, hour, minute, second;
	u8 weekday; /* 1: Sunday */
};

/* In BCD, 24 hours, all interrupts off, the memory zero. */
void mc146818_init(struct mc146818 *rtc, const struct mc146818_time *time,
		   u64 now);

u8 mc146818_read(struct mc146818 *rtc, u16 port, u64 now);
void mc146818_write(struct mc146818 *rtc, u16 port, u8 value, u64 now);

/* Lets the time pass; then whether line 8 is up. */
void mc146818_advance(struct mc146818 *rtc, u64 now);
bool mc146818_line(const struct mc146818 *rtc);

/* When an interrupt that is enabled comes next, or PC_NEVER. */
u64 mc146818_deadline(const struct mc146818 *rtc, u64 now);
