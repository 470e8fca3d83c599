/* What is typed and the wish to stop, with every lock given back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arch/spinlock.h"

static int depth;

/* Nobody else is there: a lock that is held is one that was not given back. */
static void take(struct spinlock *at)
{
	(void)at;
	assert_int_equal(depth++, 0);
}

static void give(struct spinlock *at)
{
	(void)at;
	assert_int_equal(--depth, 0);
}

#define spinlock_lock take
#define spinlock_unlock give
#include "arch/console/input.c"

static u32 wakes;

static void note_wake(void)
{
	assert_int_equal(depth, 0);
	wakes++;
}

static int setup(void **state)
{
	(void)state;
	depth = 0;
	wakes = 0;
	fifo_clear(&typed);
	typed.lost = 0;
	held = false;
	input_clear_interrupt();
	input_set_wake(note_wake);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(depth, 0);
	return 0;
}

static void test_bytes(void **state)
{
	(void)state;
	assert_int_equal(input_get(), -1);
	for (u32 byte = 0; byte < 256; byte++) {
		if (byte != 3) {
			input_put((u8)byte);
		}
	}
	assert_int_equal(input_count(), 254);
	for (int byte = 1; byte < 256; byte++) {
		if (byte != 3) {
			assert_int_equal(input_get(), byte);
		}
	}
	assert_int_equal(input_get(), -1);
	assert_int_equal(wakes, 0);
}

/* Ctrl-C goes before all that was typed, and is read once. */
static void test_interrupt(void **state)
{
	(void)state;
	input_put('a');
	input_put(3);
	assert_int_equal(wakes, 1);
	assert_true(input_interrupted());
	input_put('b');
	assert_int_equal(input_get(), 3);
	assert_false(input_interrupted());
	assert_int_equal(input_get(), 'b');
	input_break();
	assert_true(input_interrupted());
	input_clear_interrupt();
	assert_false(input_interrupted());
	assert_int_equal(input_get(), -1);
}

/* What must be put right first is not stopped; it is told afterwards. */
static void test_held(void **state)
{
	(void)state;
	input_hold_interrupt(true);
	input_put(3);
	assert_false(input_interrupted());
	assert_int_equal(wakes, 1);
	input_hold_interrupt(false);
	assert_true(input_interrupted());
	/* One that was there before stays, too. */
	input_hold_interrupt(true);
	assert_false(input_interrupted());
	input_hold_interrupt(false);
	assert_true(input_interrupted());
	input_clear_interrupt();
	input_hold_interrupt(true);
	input_hold_interrupt(false);
	assert_false(input_interrupted());
	input_break();
	assert_true(input_interrupted());
}

static void test_lost(void **state)
{
	(void)state;
	input_note_lost(2);
	input_note_lost(3);
	for (u32 i = 0; i < INPUT_BYTES + 10; i++) {
		input_put('x');
	}
	assert_int_equal(input_take_lost(),
			 2 + 3 + INPUT_BYTES + 10 - input_count());
	assert_int_equal(input_take_lost(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_interrupt, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_held, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lost, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
