/* Reads the real-time clock, with which INT 1Ah is compared. */
#include "arch/rtc.h"

#include "arch/clock.h"
#include "arch/cpu.h"
#include "arch/spinlock.h"

#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define INDEX_MASK 0x7f /* without the NMI mask bit */
#define RTC_SECONDS 0x00
#define RTC_MINUTES 0x02
#define RTC_HOURS 0x04
#define RTC_DAY 0x07
#define RTC_MONTH 0x08
#define RTC_YEAR 0x09
#define RTC_STATUS_A 0x0a
#define RTC_STATUS_D 0x0d
#define RTC_CENTURY 0x32 /* IBM AT's place for it; ACPI's FADT may move it */
#define STATUS_A_UPDATE_IN_PROGRESS 0x80
#define STATUS_D_RESERVED 0x3f /* read as 0 */
#define UPDATE_PATIENCE_US 2500

static struct spinlock lock = SPINLOCK_INIT;

u8 rtc_read_cmos(u8 index)
{
	u8 value;

	spinlock_lock(&lock);
	outb(CMOS_INDEX, index & INDEX_MASK);
	value = inb(CMOS_DATA);
	spinlock_unlock(&lock);
	return value;
}

void rtc_write_cmos(u8 index, u8 value)
{
	spinlock_lock(&lock);
	outb(CMOS_INDEX, index & INDEX_MASK);
	outb(CMOS_DATA, value);
	spinlock_unlock(&lock);
}

bool rtc_present(void)
{
	return (rtc_read_cmos(RTC_STATUS_D) & STATUS_D_RESERVED) !=
	       STATUS_D_RESERVED;
}

void rtc_read(struct rtc_time *time)
{
	u64 first = rdtsc();
	u64 patience = clock_us_to_tsc(UPDATE_PATIENCE_US);

	while ((rtc_read_cmos(RTC_STATUS_A) & STATUS_A_UPDATE_IN_PROGRESS) &&
	       !clock_has_passed(first, patience)) {
		cpu_pause();
	}
	time->seconds = rtc_read_cmos(RTC_SECONDS);
	time->minutes = rtc_read_cmos(RTC_MINUTES);
	time->hours = rtc_read_cmos(RTC_HOURS);
	time->day = rtc_read_cmos(RTC_DAY);
	time->month = rtc_read_cmos(RTC_MONTH);
	time->year = rtc_read_cmos(RTC_YEAR);
	time->century = rtc_read_cmos(RTC_CENTURY);
}
