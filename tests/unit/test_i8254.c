/* guest/board/pc/i8254.c: the six modes, latches, read-back, and port 61h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/board/pc/i8254.h"
#include "guest/board/pc/pc_clock.h"
#include "lib/types.h"

/* Any origin: times are relative. */
#define START 123456789ull

static struct i8254 pit;

static int begin(void **state)
{
	(void)state;
	i8254_init(&pit, START * PC_CLOCK_PIT);
	return 0;
}

/* In ticks of the timer since START. */
static u64 at(u64 ticks)
{
	return (START + ticks) * PC_CLOCK_PIT;
}

static void out(u16 port, u8 value, u64 ticks)
{
	i8254_write(&pit, port, value, at(ticks));
}

static u8 in(u16 port, u64 ticks)
{
	return i8254_read(&pit, port, at(ticks));
}

/* Counter, mode and count, loaded at tick 0. */
static void set(u32 counter, u8 mode, u16 count)
{
	out(0x43, (u8)(counter << 6 | 0x30 | mode << 1), 0);
	out((u16)(0x40 + counter), (u8)count, 0);
	out((u16)(0x40 + counter), (u8)(count >> 8), 0);
}

static u16 read_word(u32 counter, u64 ticks)
{
	u8 low = in((u16)(0x40 + counter), ticks);

	return (u16)(low | in((u16)(0x40 + counter), ticks) << 8);
}

static bool level(u32 counter, u64 ticks)
{
	return i8254_out(&pit, counter, at(ticks));
}

static void test_mode_0(void **state)
{
	(void)state;
	out(0x43, 0x30, 0);
	assert_false(level(0, 0));
	set(0, 0, 100);
	assert_int_equal(read_word(0, 1), 99);
	assert_false(level(0, 99));
	assert_true(level(0, 100));
	assert_int_equal(read_word(0, 101), 0xffff); /* it goes on */
	assert_true(level(0, 5000));
	assert_int_equal(i8254_next_rise(&pit, at(0)), at(100));
	assert_false(i8254_has_risen(&pit, at(99)));
	assert_true(i8254_has_risen(&pit, at(100)));
	assert_false(i8254_has_risen(&pit, at(101)));
	assert_true(i8254_next_rise(&pit, at(101)) == PC_NEVER);
}

static void test_mode_2(void **state)
{
	(void)state;
	set(0, 2, 10);
	for (u64 i = 0; i < 40; i++) {
		assert_int_equal(level(0, i), i % 10 != 9);
		assert_int_equal(i8254_count(&pit, 0, at(i)), 10 - i % 10);
	}
	assert_int_equal(i8254_next_rise(&pit, at(0)), at(10));
	assert_true(i8254_has_risen(&pit, at(35)));
	assert_int_equal(i8254_next_rise(&pit, at(35)), at(40));
	assert_false(i8254_has_risen(&pit, at(39)));
	assert_true(i8254_has_risen(&pit, at(40)));
}

static void test_mode_3(void **state)
{
	(void)state;
	set(0, 3, 8);
	for (u64 i = 0; i < 32; i++) {
		assert_int_equal(level(0, i), i % 8 < 4);
		assert_int_equal(i8254_count(&pit, 0, at(i)), 8 - 2 * i % 8);
	}
	set(0, 3, 7);
	for (u64 i = 0; i < 28; i++) {
		assert_int_equal(level(0, i), i % 7 < 4);
	}
}

static void test_mode_4(void **state)
{
	(void)state;
	set(0, 4, 50);
	assert_true(level(0, 49));
	assert_false(level(0, 50));
	assert_true(level(0, 51));
	assert_int_equal(i8254_next_rise(&pit, at(0)), at(51));
}

/* Modes 1 and 5 wait for the gate of counter 2. */
static void test_triggered(void **state)
{
	(void)state;
	set(2, 1, 30);
	assert_true(level(2, 100));
	i8254_write_speaker(&pit, 1, at(200));
	assert_false(level(2, 200));
	assert_false(level(2, 229));
	assert_true(level(2, 230));
	i8254_write_speaker(&pit, 0, at(300));
	i8254_write_speaker(&pit, 1, at(310));
	assert_false(level(2, 320));
	i8254_write_speaker(&pit, 0, at(400));
	set(2, 5, 30);
	assert_true(level(2, 450));
	i8254_write_speaker(&pit, 1, at(500));
	assert_true(level(2, 529));
	assert_false(level(2, 530));
	assert_true(level(2, 531));
}

/* The gate holds modes 0 and 4, and begins 2 and 3 anew. */
static void test_gate(void **state)
{
	(void)state;
	i8254_write_speaker(&pit, 1, at(0));
	set(2, 0, 100);
	i8254_write_speaker(&pit, 0, at(40));
	assert_int_equal(read_word(2, 1000), 60);
	assert_false(level(2, 1000));
	i8254_write_speaker(&pit, 1, at(1000));
	assert_false(level(2, 1059));
	assert_true(level(2, 1060));
	set(2, 3, 100);
	i8254_write_speaker(&pit, 0, at(70));
	assert_true(level(2, 80)); /* it would be low */
	i8254_write_speaker(&pit, 1, at(90));
	assert_true(level(2, 139));
	assert_false(level(2, 140));
}

static void test_counts(void **state)
{
	(void)state;
	set(0, 2, 0); /* 65536 */
	assert_int_equal(i8254_next_rise(&pit, at(0)), at(65536));
	out(0x43, 0x14, 0); /* low byte alone */
	out(0x40, 5, 0);
	assert_int_equal(i8254_next_rise(&pit, at(0)), at(5));
	assert_int_equal(in(0x40, 2), 3);
	out(0x43, 0x24, 0); /* high byte alone */
	out(0x40, 1, 0);
	assert_int_equal(i8254_next_rise(&pit, at(0)), at(256));
	assert_int_equal(in(0x40, 0), 1);
	out(0x43, 0x35, 0); /* BCD */
	out(0x40, 0x34, 0);
	out(0x40, 0x12, 0);
	assert_int_equal(i8254_next_rise(&pit, at(0)), at(1234));
	assert_int_equal(read_word(0, 34), 0x1200);
	out(0x43, 0x31, 0); /* BCD, mode 0, behind its end */
	out(0x40, 0x02, 0);
	out(0x40, 0, 0);
	assert_int_equal(read_word(0, 3), 0x9999);
}

/* The count of a moment, whatever time the bytes are read at. */
static void test_latch(void **state)
{
	(void)state;
	set(0, 2, 1000);
	out(0x43, 0x00, 300);
	out(0x43, 0x00, 400); /* it is latched already */
	assert_int_equal(in(0x40, 500), 700 & 0xff);
	assert_int_equal(in(0x40, 600), 700 >> 8);
	assert_int_equal(read_word(0, 500), 500);
}

static void test_read_back(void **state)
{
	(void)state;
	out(0x43, 0xb6, 0);
	out(0x43, 0xe8, 1); /* status of counter 2: no count yet */
	assert_int_equal(in(0x42, 1), 0x80 | 0x40 | 0x36);
	set(0, 2, 1000);
	out(0x43, 0xc2, 10); /* both of counter 0 */
	assert_int_equal(in(0x40, 20), 0x80 | 0x34);
	assert_int_equal(read_word(0, 30), 990);
	assert_int_equal(in(0x43, 0), 0xff);
}

/* Between the two bytes of a count mode 0 does not count. */
static void test_half_written(void **state)
{
	(void)state;
	set(0, 0, 100);
	out(0x40, 50, 10);
	assert_false(level(0, 500));
	out(0x40, 0, 600);
	assert_false(level(0, 649));
	assert_true(level(0, 650));
}

static void test_speaker_port(void **state)
{
	u8 seen = 0;

	(void)state;
	i8254_write_speaker(&pit, 3, at(0));
	set(2, 0, 10);
	assert_int_equal(i8254_read_speaker(&pit, at(5)) & 0x23, 0x03);
	assert_int_equal(i8254_read_speaker(&pit, at(10)) & 0x23, 0x23);
	for (u64 i = 0; i < 100; i++) {
		seen |= (u8)(1 << (i8254_read_speaker(&pit, at(i)) >> 4 & 1));
	}
	assert_int_equal(seen, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_mode_0, begin),
		cmocka_unit_test_setup(test_mode_2, begin),
		cmocka_unit_test_setup(test_mode_3, begin),
		cmocka_unit_test_setup(test_mode_4, begin),
		cmocka_unit_test_setup(test_triggered, begin),
		cmocka_unit_test_setup(test_gate, begin),
		cmocka_unit_test_setup(test_counts, begin),
		cmocka_unit_test_setup(test_latch, begin),
		cmocka_unit_test_setup(test_read_back, begin),
		cmocka_unit_test_setup(test_half_written, begin),
		cmocka_unit_test_setup(test_speaker_port, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
