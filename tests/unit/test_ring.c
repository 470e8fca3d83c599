/* lib/ring.c, also against a plain array that keeps everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ring.h"

#define RING_BYTES 8

static void test_empty(void **state)
{
	u8 memory[RING_BYTES];
	struct ring ring = RING_INIT(memory);
	u64 pos = 0;
	u8 buf[4];

	(void)state;
	assert_int_equal(ring.size, RING_BYTES);
	assert_int_equal(ring_read(&ring, &pos, buf, sizeof(buf)), 0);
	assert_int_equal(pos, 0);
	assert_int_equal(ring_oldest(&ring), 0);
}

static void test_reader_keeps_place(void **state)
{
	u8 memory[RING_BYTES];
	struct ring ring = RING_INIT(memory);
	u64 pos = 0;
	u8 buf[RING_BYTES];

	(void)state;
	ring_write(&ring, "abcde", 5);
	assert_int_equal(ring_read(&ring, &pos, buf, 3), 3);
	assert_memory_equal(buf, "abc", 3);
	ring_write(&ring, "fgh", 3);
	assert_int_equal(ring_read(&ring, &pos, buf, sizeof(buf)), 5);
	assert_memory_equal(buf, "defgh", 5);
	assert_int_equal(pos, 8);
	assert_int_equal(ring_read(&ring, &pos, buf, sizeof(buf)), 0);
}

static void test_reader_is_overtaken(void **state)
{
	u8 memory[RING_BYTES];
	struct ring ring = RING_INIT(memory);
	u64 pos = 0;
	u8 buf[2 * RING_BYTES];

	(void)state;
	ring_write(&ring, "0123456789", 10);
	assert_int_equal(ring_oldest(&ring), 2);
	assert_int_equal(ring_read(&ring, &pos, buf, sizeof(buf)), RING_BYTES);
	assert_memory_equal(buf, "23456789", RING_BYTES);
	assert_int_equal(pos, 10);
}

/* Writes of every length, up to more than the ring holds. */
static void test_against_array(void **state)
{
	u8 *memory = malloc(RING_BYTES);
	u8 all[1024];
	u64 written = 0;
	struct ring ring = { .data = memory, .size = RING_BYTES };

	(void)state;
	assert_non_null(memory);
	for (size_t i = 0; i < sizeof(all); i++) {
		all[i] = (u8)(i * 37 + i / 256);
	}
	for (size_t n = 0; written + n <= sizeof(all); n = (n + 1) % 20) {
		u64 oldest;

		ring_write(&ring, all + written, n);
		written += n;
		assert_int_equal(ring.written, written);
		oldest = written > RING_BYTES ? written - RING_BYTES : 0;
		assert_int_equal(ring_oldest(&ring), oldest);
		for (u64 from = oldest; from <= written; from++) {
			u8 buf[RING_BYTES];
			u64 pos = from;
			size_t got = ring_read(&ring, &pos, buf, sizeof(buf));

			assert_int_equal(got, written - from);
			assert_int_equal(pos, written);
			assert_memory_equal(buf, all + from, got);
		}
	}
	assert_true(written > sizeof(all) / 2);
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_reader_keeps_place),
		cmocka_unit_test(test_reader_is_overtaken),
		cmocka_unit_test(test_against_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
