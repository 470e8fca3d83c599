/* guest/board/pc/i8042.c: what a BIOS, a driver and a person do with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/board/pc/i8042.h"
#include "lib/types.h"

static struct i8042 kbc;

static int begin(void **state)
{
	(void)state;
	i8042_init(&kbc);
	return 0;
}

static u8 status(void)
{
	return i8042_read(&kbc, 0x64);
}

static void command(u8 value)
{
	i8042_write(&kbc, 0x64, value);
}

static void data(u8 value)
{
	i8042_write(&kbc, 0x60, value);
}

/* The next byte, which must be there. */
static u8 next(void)
{
	assert_true(status() & 1);
	return i8042_read(&kbc, 0x60);
}

static void assert_empty(void)
{
	assert_false(status() & 1);
}

static void test_self_test(void **state)
{
	(void)state;
	assert_int_equal(status(), 0x10);
	command(0xaa);
	assert_int_equal(status(), 0x1d);
	assert_int_equal(next(), 0x55);
	command(0xab);
	assert_int_equal(next(), 0);
	command(0xa9);
	assert_int_equal(next(), 0);
	assert_empty();
}

static void test_config(void **state)
{
	(void)state;
	command(0x60);
	data(0x65);
	command(0x20);
	assert_int_equal(next(), 0x65);
	command(0xa7);
	command(0xad);
	command(0x20);
	assert_int_equal(next(), 0x75);
	command(0x72);
	data(0x99);
	command(0x32);
	assert_int_equal(next(), 0x99);
}

static void test_keyboard(void **state)
{
	(void)state;
	command(0x60);
	data(0x44);
	data(0xff);
	assert_int_equal(next(), 0xfa);
	assert_int_equal(next(), 0xaa);
	data(0xf2);
	assert_int_equal(next(), 0xfa);
	assert_int_equal(next(), 0xab);
	assert_int_equal(next(), 0x41); /* 83h, translated */
	data(0xed);
	assert_int_equal(next(), 0xfa);
	data(0x07);
	assert_int_equal(next(), 0xfa);
	assert_int_equal(kbc.keyboard.leds, 7);
	data(0xee);
	assert_int_equal(next(), 0xee);
	data(0xf0);
	assert_int_equal(next(), 0xfa);
	data(0);
	assert_int_equal(next(), 0xfa);
	assert_int_equal(next(), 0x41); /* set 2, translated */
	data(0x55);
	assert_int_equal(next(), 0xfe);
	assert_empty();
}

/* Set 1 by the translation, set 2 without it. */
static void test_keys(void **state)
{
	static const u8 a[] = { 0x1e, 0x9e };
	static const u8 up[] = { 0xe0, 0x48, 0xe0, 0xc8 };
	static const u8 f7[] = { 0x41 };

	(void)state;
	command(0x60);
	data(0x45);
	assert_true(i8042_key(&kbc, a, sizeof(a)));
	assert_true(i8042_keyboard_line(&kbc));
	assert_int_equal(next(), 0x1e);
	assert_int_equal(next(), 0x9e);
	assert_true(i8042_key(&kbc, up, sizeof(up)));
	for (u32 i = 0; i < sizeof(up); i++) {
		assert_int_equal(next(), up[i]);
	}
	command(0x60);
	data(0x05);
	assert_true(i8042_key(&kbc, a, sizeof(a)));
	assert_int_equal(next(), 0x1c);
	assert_int_equal(next(), 0xf0);
	assert_int_equal(next(), 0x1c);
	assert_true(i8042_key(&kbc, f7, sizeof(f7)));
	assert_int_equal(next(), 0x83);
	assert_false(i8042_keyboard_line(&kbc));
	data(0xf5);
	assert_int_equal(next(), 0xfa);
	assert_false(i8042_key(&kbc, a, sizeof(a)));
}

/* Every code of a key comes out as it went in. */
static void test_translation(void **state)
{
	(void)state;
	command(0x60);
	data(0x45);
	for (u8 code = 1; code < 0x59; code++) {
		u8 released = code | 0x80;

		assert_true(i8042_key(&kbc, &code, 1));
		assert_int_equal(next(), code);
		assert_true(i8042_key(&kbc, &released, 1));
		assert_int_equal(next(), released);
	}
}

static void test_overrun(void **state)
{
	static const u8 a[] = { 0x1e, 0x9e };
	u32 taken = 0;

	(void)state;
	while (i8042_key(&kbc, a, sizeof(a))) {
		assert_true(++taken < 100);
	}
	for (u32 i = 0; i < 3 * taken; i++) {
		next();
	}
	assert_empty();
}

static void test_mouse(void **state)
{
	(void)state;
	command(0x60);
	data(0x47);
	command(0xd4);
	data(0xff);
	assert_int_equal(status() & 0x21, 0x21);
	assert_true(i8042_mouse_line(&kbc));
	assert_int_equal(next(), 0xfa);
	assert_int_equal(next(), 0xaa);
	assert_int_equal(next(), 0);
	i8042_mouse_moved(&kbc, 1, 1, 0);
	assert_empty();
	command(0xd4);
	data(0xf4);
	assert_int_equal(next(), 0xfa);
	i8042_mouse_moved(&kbc, 5, -3, 1);
	assert_int_equal(next(), 0x29);
	assert_int_equal(next(), 5);
	assert_int_equal(next(), 0xfd);
	command(0xd4);
	data(0xe9);
	assert_int_equal(next(), 0xfa);
	assert_int_equal(next(), 0x21);
	assert_int_equal(next(), 2);
	assert_int_equal(next(), 100);
	command(0xd3);
	data(0x77);
	assert_int_equal(status() & 0x21, 0x21);
	assert_int_equal(next(), 0x77);
}

static void test_lines_and_gates(void **state)
{
	(void)state;
	assert_true(i8042_a20_is_open(&kbc));
	command(0xdd);
	assert_false(i8042_a20_is_open(&kbc));
	command(0xd1);
	data(0xdf);
	assert_true(i8042_a20_is_open(&kbc));
	command(0xd0);
	assert_int_equal(next(), 0xcf);
	command(0xc0);
	assert_int_equal(next(), 0x80);
	assert_false(kbc.resets);
	command(0xfe);
	assert_true(kbc.resets);
	begin(NULL);
	command(0xd1);
	data(0x02);
	assert_true(kbc.resets);
	begin(NULL);
	command(0xff);
	assert_false(kbc.resets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_self_test, begin),
		cmocka_unit_test_setup(test_config, begin),
		cmocka_unit_test_setup(test_keyboard, begin),
		cmocka_unit_test_setup(test_keys, begin),
		cmocka_unit_test_setup(test_translation, begin),
		cmocka_unit_test_setup(test_overrun, begin),
		cmocka_unit_test_setup(test_mouse, begin),
		cmocka_unit_test_setup(test_lines_and_gates, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
