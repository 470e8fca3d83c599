/* lib/fifo.c: order, the end of the memory, and what finds no room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/fifo.h"

#define FIFO_BYTES 5

static void test_order(void **state)
{
	u8 memory[FIFO_BYTES];
	struct fifo fifo = FIFO_INIT(memory);

	(void)state;
	assert_int_equal(fifo_get(&fifo), -1);
	for (unsigned round = 0; round < 7; round++) {
		for (u8 i = 0; i < 3; i++) {
			fifo_put(&fifo, (u8)(0xfe + i));
		}
		assert_int_equal(fifo_count(&fifo), 3);
		assert_int_equal(fifo_get(&fifo), 0xfe);
		assert_int_equal(fifo_get(&fifo), 0xff);
		assert_int_equal(fifo_get(&fifo), 0);
		assert_int_equal(fifo_get(&fifo), -1);
	}
	assert_int_equal(fifo.lost, 0);
}

static void test_full(void **state)
{
	u8 memory[FIFO_BYTES];
	struct fifo fifo = FIFO_INIT(memory);

	(void)state;
	for (u8 i = 0; i < FIFO_BYTES + 3; i++) {
		fifo_put(&fifo, i);
	}
	assert_int_equal(fifo.lost, 3);
	assert_int_equal(fifo_count(&fifo), FIFO_BYTES);
	assert_int_equal(fifo_get(&fifo), 0);
	fifo_put(&fifo, 77);
	for (u8 i = 1; i < FIFO_BYTES; i++) {
		assert_int_equal(fifo_get(&fifo), i);
	}
	assert_int_equal(fifo_get(&fifo), 77);
	assert_int_equal(fifo_get(&fifo), -1);
}

static void test_clear(void **state)
{
	u8 memory[FIFO_BYTES];
	struct fifo fifo = FIFO_INIT(memory);

	(void)state;
	for (u8 i = 0; i < 4; i++) {
		fifo_put(&fifo, i);
	}
	fifo_clear(&fifo);
	assert_int_equal(fifo_count(&fifo), 0);
	assert_int_equal(fifo_get(&fifo), -1);
	assert_int_equal(fifo.lost, 0);
	fifo_put(&fifo, 9);
	assert_int_equal(fifo_get(&fifo), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
