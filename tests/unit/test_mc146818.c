/* guest/board/pc/mc146818.c: the calendar, alarms, periodic interrupts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/board/pc/mc146818.h"
#include "guest/board/pc/pc_clock.h"
#include "lib/types.h"

#define START 987654321ull
#define SECOND ((u64)PC_CLOCK_HZ)

static struct mc146818 rtc;

static int begin(void **state)
{
	const struct mc146818_time time = { 2026, 2, 28, 23, 59, 58, 7 };

	(void)state;
	mc146818_init(&rtc, &time, START);
	return 0;
}

static u8 get(u8 number, u64 after)
{
	mc146818_write(&rtc, 0x70, number, START + after);
	return mc146818_read(&rtc, 0x71, START + after);
}

static void set(u8 number, u8 value, u64 after)
{
	mc146818_write(&rtc, 0x70, number, START + after);
	mc146818_write(&rtc, 0x71, value, START + after);
}

static void assert_time(u64 after, const u8 expected[7])
{
	static const u8 numbers[] = { 9, 8, 7, 6, 4, 2, 0 };

	for (u32 i = 0; i < ARRAY_SIZE(numbers); i++) {
		assert_int_equal(get(numbers[i], after), expected[i]);
	}
}

static void test_calendar(void **state)
{
	(void)state;
	assert_int_equal(get(0x32, 0), 0x20);
	assert_time(0, (const u8[]){ 0x26, 2, 0x28, 7, 0x23, 0x59, 0x58 });
	assert_time(SECOND - 1,
		    (const u8[]){ 0x26, 2, 0x28, 7, 0x23, 0x59, 0x58 });
	assert_time(2 * SECOND, (const u8[]){ 0x26, 3, 1, 1, 0, 0, 0 });
	assert_time(2 * SECOND + 3661 * SECOND,
		    (const u8[]){ 0x26, 3, 1, 1, 1, 1, 1 });
}

static void test_leap_year(void **state)
{
	(void)state;
	set(9, 0x28, 0);
	assert_time(2 * SECOND, (const u8[]){ 0x28, 2, 0x29, 1, 0, 0, 0 });
}

static void test_formats(void **state)
{
	(void)state;
	set(11, 0x00, 0); /* 12 hours, BCD */
	set(4, 0x92, 0);  /* 12 pm: noon */
	set(2, 0x59, 0);
	set(0, 0x59, 0);
	assert_int_equal(get(4, SECOND), 0x81);
	set(11, 0x06, SECOND); /* 24 hours, binary */
	set(4, 23, SECOND);
	set(2, 59, SECOND);
	set(0, 59, SECOND);
	assert_int_equal(get(4, 2 * SECOND), 0);
}

static void test_set_stops(void **state)
{
	(void)state;
	set(11, 0x82, 0);
	assert_int_equal(get(0, 100 * SECOND), 0x58);
	set(11, 0x02, 100 * SECOND);
	assert_int_equal(get(0, 101 * SECOND), 0x59);
}

static void test_update_in_progress(void **state)
{
	(void)state;
	assert_int_equal(get(10, SECOND / 2), 0x26);
	assert_int_equal(get(10, SECOND - 100), 0xa6);
	assert_int_equal(get(10, SECOND + 1), 0x26);
	set(10, 0xff, SECOND + 1); /* bit 7 cannot be written */
	assert_int_equal(rtc.bytes[10], 0x7f);
	assert_int_equal(get(13, 0), 0x80);
}

static void test_alarm(void **state)
{
	(void)state;
	set(1, 0x59, 0);
	set(3, 0xff, 0); /* any minute, any hour */
	set(5, 0xc0, 0);
	set(11, 0x22, 0);
	assert_true(mc146818_deadline(&rtc, START) == START + SECOND);
	mc146818_advance(&rtc, START + SECOND);
	assert_true(mc146818_line(&rtc));
	assert_true(mc146818_deadline(&rtc, START + SECOND) == PC_NEVER);
	assert_int_equal(get(12, SECOND) & 0xb0, 0xb0);
	assert_false(mc146818_line(&rtc));
	assert_int_equal(get(12, SECOND) & 0xb0, 0);
	mc146818_advance(&rtc, START + 3 * SECOND);
	assert_false(mc146818_line(&rtc));
}

static void test_periodic(void **state)
{
	u64 deadline;
	u32 count = 0;

	(void)state;
	set(11, 0x42, 0); /* 1024 Hz */
	for (deadline = mc146818_deadline(&rtc, START);
	     deadline <= START + SECOND;
	     deadline = mc146818_deadline(&rtc, deadline)) {
		mc146818_advance(&rtc, deadline - 1);
		assert_false(mc146818_line(&rtc));
		mc146818_advance(&rtc, deadline);
		assert_true(mc146818_line(&rtc));
		assert_int_equal(get(12, deadline - START) & 0xc0, 0xc0);
		count++;
	}
	assert_in_range(count, 1023, 1025);
	set(10, 0x20, 2 * SECOND); /* rate 0: none */
	get(12, 2 * SECOND);
	assert_true(mc146818_deadline(&rtc, START + 2 * SECOND) == PC_NEVER);
}

static void test_update_interrupt(void **state)
{
	(void)state;
	set(11, 0x12, 0);
	assert_true(mc146818_deadline(&rtc, START) == START + SECOND);
	mc146818_advance(&rtc, START + SECOND);
	assert_true(mc146818_line(&rtc));
	assert_int_equal(get(12, SECOND) & 0x90, 0x90);
	set(11, 0x92, SECOND); /* SET turns it off */
	assert_int_equal(get(11, SECOND), 0x82);
}

static void test_memory(void **state)
{
	(void)state;
	for (u8 i = 14; i < 128; i++) {
		set(i, (u8)~i, 0);
	}
	for (u8 i = 14; i < 128; i++) {
		assert_int_equal(get(i, 0), (u8)~i);
		assert_int_equal(get(i | 0x80, 0), (u8)~i); /* NMI's bit */
	}
	assert_int_equal(mc146818_read(&rtc, 0x70, START), 0xff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_calendar, begin),
		cmocka_unit_test_setup(test_leap_year, begin),
		cmocka_unit_test_setup(test_formats, begin),
		cmocka_unit_test_setup(test_set_stops, begin),
		cmocka_unit_test_setup(test_update_in_progress, begin),
		cmocka_unit_test_setup(test_alarm, begin),
		cmocka_unit_test_setup(test_periodic, begin),
		cmocka_unit_test_setup(test_update_interrupt, begin),
		cmocka_unit_test_setup(test_memory, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
