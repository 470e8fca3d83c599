/* guest/board/pc/i8259.c: priorities, ends of interrupt, edges and levels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/board/pc/i8259.h"
#include "lib/types.h"

static struct i8259 pics;

static void out(u16 port, u8 value)
{
	i8259_write(&pics, port, value);
}

/* As a BIOS does, with all lines open. */
static int begin(void **state)
{
	(void)state;
	i8259_init(&pics);
	out(0x20, 0x11);
	out(0x21, 0x08);
	out(0x21, 0x04);
	out(0x21, 0x01);
	out(0xa0, 0x11);
	out(0xa1, 0x70);
	out(0xa1, 0x02);
	out(0xa1, 0x01);
	out(0x21, 0);
	out(0xa1, 0);
	return 0;
}

static void pulse(u8 line)
{
	i8259_set_line(&pics, line, true);
	i8259_set_line(&pics, line, false);
}

static u8 acknowledge(u8 *line)
{
	return i8259_acknowledge(&pics, line);
}

static void end(u8 line)
{
	if (line >= 8) {
		out(0xa0, 0x20);
	}
	out(0x20, 0x20);
}

static void test_each_line(void **state)
{
	(void)state;
	for (u8 line = 0; line < 16; line++) {
		u8 got;

		if (line == I8259_CASCADE) {
			continue;
		}
		assert_int_equal(pics.waiting, 0);
		i8259_set_line(&pics, line, true);
		assert_int_equal(pics.waiting, 1);
		assert_int_equal(acknowledge(&got),
				 line < 8 ? 0x08 + line : 0x70 + line - 8);
		assert_int_equal(got, line);
		assert_int_equal(pics.waiting, 0);
		end(line);
		/* The level alone asks for no second one. */
		assert_int_equal(pics.waiting, 0);
		i8259_set_line(&pics, line, false);
	}
}

static void test_priority(void **state)
{
	static const u8 order[] = { 0,	1,  8, 9, 10, 11, 12, 13,
				    14, 15, 3, 4, 5,  6,  7 };
	u8 line;

	(void)state;
	for (u8 i = 15; i < 16; i--) {
		if (i != I8259_CASCADE) {
			pulse(i);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		acknowledge(&line);
		assert_int_equal(line, order[i]);
		end(line);
	}
	assert_int_equal(pics.waiting, 0);
}

static void test_nesting(void **state)
{
	u8 line;

	(void)state;
	pulse(3);
	acknowledge(&line);
	pulse(4);
	pulse(3);
	assert_int_equal(pics.waiting, 0);
	pulse(1);
	assert_int_equal(pics.waiting, 1);
	acknowledge(&line);
	assert_int_equal(line, 1);
	out(0x20, 0x20); /* ends 1, the highest that is served */
	assert_int_equal(pics.waiting, 0);
	out(0x20, 0x63); /* ends 3 */
	acknowledge(&line);
	assert_int_equal(line, 3);
}

static void test_masks(void **state)
{
	u8 line;

	(void)state;
	out(0x21, 0xff);
	pulse(1);
	assert_int_equal(pics.waiting, 0);
	assert_int_equal(i8259_read(&pics, 0x21), 0xff);
	out(0x20, 0x0a);
	assert_int_equal(i8259_read(&pics, 0x20), 0x02);
	out(0x21, 0xfd);
	assert_int_equal(pics.waiting, 1);
	acknowledge(&line);
	out(0x20, 0x0b);
	assert_int_equal(i8259_read(&pics, 0x20), 0x02);
	assert_int_equal(i8259_read(&pics, 0xa0), 0);
}

/* Line 7 where nothing waits, and 15 where only the slave has lost its. */
static void test_spurious(void **state)
{
	u8 line;

	(void)state;
	assert_int_equal(acknowledge(&line), 0x0f);
	assert_int_equal(line, 7);
	out(0x20, 0x0b);
	assert_int_equal(i8259_read(&pics, 0x20), 0);
	out(0x4d1, 0x02); /* line 9 by level */
	i8259_set_line(&pics, 9, true);
	assert_int_equal(pics.waiting, 1);
	i8259_set_line(&pics, 9, false);
	assert_int_equal(acknowledge(&line), 0x77);
	assert_int_equal(line, 15);
}

static void test_levels(void **state)
{
	u8 line;

	(void)state;
	out(0x4d0, 0xff);
	out(0x4d1, 0xff);
	assert_int_equal(i8259_read(&pics, 0x4d0), 0xf8);
	assert_int_equal(i8259_read(&pics, 0x4d1), 0xde);
	i8259_set_line(&pics, 11, true);
	acknowledge(&line);
	assert_int_equal(line, 11);
	assert_int_equal(pics.waiting, 0);
	end(11);
	assert_int_equal(pics.waiting, 1); /* it is up still */
	acknowledge(&line);
	i8259_set_line(&pics, 11, false);
	end(11);
	assert_int_equal(pics.waiting, 0);
}

static void test_rotation(void **state)
{
	u8 line;

	(void)state;
	out(0x20, 0xc4); /* line 4 has the lowest rank, 5 the highest */
	pulse(1);
	pulse(5);
	acknowledge(&line);
	assert_int_equal(line, 5);
	out(0x20, 0xa0); /* ends it, and it goes to the end of the queue */
	pulse(5);
	pulse(6);
	acknowledge(&line);
	assert_int_equal(line, 6);
	out(0x20, 0x20);
	acknowledge(&line);
	assert_int_equal(line, 1);
}

static void test_auto_eoi(void **state)
{
	u8 line;

	(void)state;
	out(0x20, 0x11);
	out(0x21, 0x20);
	out(0x21, 0x04);
	out(0x21, 0x03);
	pulse(3);
	assert_int_equal(acknowledge(&line), 0x23);
	pulse(4);
	assert_int_equal(pics.waiting, 1);
	out(0x20, 0x0b);
	assert_int_equal(i8259_read(&pics, 0x20), 0);
}

static void test_special_mask(void **state)
{
	u8 line;

	(void)state;
	pulse(1);
	acknowledge(&line);
	pulse(5);
	assert_int_equal(pics.waiting, 0);
	out(0x20, 0x68);
	out(0x21, 0x02);
	assert_int_equal(pics.waiting, 1);
	acknowledge(&line);
	assert_int_equal(line, 5);
}

static void test_poll(void **state)
{
	(void)state;
	out(0x20, 0x0c);
	assert_int_equal(i8259_read(&pics, 0x20), 0);
	pulse(6);
	out(0x20, 0x0c);
	assert_int_equal(i8259_read(&pics, 0x20), 0x86);
	assert_int_equal(pics.waiting, 0);
	out(0x20, 0x0b);
	assert_int_equal(i8259_read(&pics, 0x20), 0x40);
}

/* ICW1 forgets edges; ICW4 is left out where it says so. */
static void test_initialization(void **state)
{
	u8 line;

	(void)state;
	pulse(1);
	out(0x21, 0x55);
	out(0x20, 0x12); /* single, no ICW4 */
	assert_int_equal(pics.waiting, 0);
	out(0x21, 0x47);
	out(0x21, 0xaa);
	assert_int_equal(i8259_read(&pics, 0x21), 0xaa);
	pulse(0);
	assert_int_equal(acknowledge(&line), 0x40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_each_line, begin),
		cmocka_unit_test_setup(test_priority, begin),
		cmocka_unit_test_setup(test_nesting, begin),
		cmocka_unit_test_setup(test_masks, begin),
		cmocka_unit_test_setup(test_spurious, begin),
		cmocka_unit_test_setup(test_levels, begin),
		cmocka_unit_test_setup(test_rotation, begin),
		cmocka_unit_test_setup(test_auto_eoi, begin),
		cmocka_unit_test_setup(test_special_mask, begin),
		cmocka_unit_test_setup(test_poll, begin),
		cmocka_unit_test_setup(test_initialization, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
