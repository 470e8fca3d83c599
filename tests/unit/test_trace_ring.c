/* vmm/trace_ring.c: nothing is lost uncounted, and what folds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vmm/trace_ring.h"

#define SIZE 4

static struct trace_event slots[SIZE];

static struct trace_ring new_ring(void)
{
	struct trace_ring ring;

	trace_ring_init(&ring, slots, SIZE);
	return ring;
}

static struct trace_event port(u16 number, u32 value, u8 flags)
{
	return (struct trace_event){ .kind = TRACE_IO,
				     .flags = flags,
				     .count = 1,
				     .cs = 0xf000,
				     .ip = 0x100,
				     .io = { .port = number,
					     .bytes = 1,
					     .value = value,
					     .last = value } };
}

/* As vmm/trace.c does it. */
static void note_port(struct trace_ring *ring, struct trace_event event)
{
	struct trace_event *added;

	if (trace_ring_fold(ring, &event)) {
		return;
	}
	added = trace_ring_add(ring, (enum trace_kind)event.kind);
	if (added != NULL) {
		*added = event;
	}
}

static void test_order(void **state)
{
	struct trace_ring ring = new_ring();
	struct trace_event event;

	(void)state;
	assert_false(trace_ring_take(&ring, &event));
	for (u32 round = 0; round < 3 * SIZE; round++) {
		trace_ring_add(&ring, TRACE_INT)->ip = round;
		assert_false(trace_ring_take(&ring, &event));
		trace_ring_publish(&ring);
		assert_true(trace_ring_take(&ring, &event));
		assert_int_equal(event.kind, TRACE_INT);
		assert_int_equal(event.ip, round);
		assert_int_equal(event.count, 1);
	}
	assert_int_equal(trace_ring_dropped(&ring), 0);
}

/* What was taken and what was dropped is all there was. */
static void test_full(void **state)
{
	struct trace_ring ring = new_ring();
	struct trace_event event;
	u64 taken = 0;

	(void)state;
	for (u32 i = 0; i < 100; i++) {
		struct trace_event *added = trace_ring_add(&ring, TRACE_EXIT);

		assert_int_equal(added != NULL, i < SIZE);
		trace_ring_publish(&ring);
	}
	while (trace_ring_take(&ring, &event)) {
		taken++;
	}
	assert_int_equal(taken, SIZE);
	assert_int_equal(trace_ring_dropped(&ring), 100 - SIZE);
	assert_int_equal(ring.seen[TRACE_EXIT], 100);
	assert_non_null(trace_ring_add(&ring, TRACE_EXIT));
}

static void test_fold(void **state)
{
	struct trace_ring ring = new_ring();
	struct trace_event event;

	(void)state;
	for (u32 i = 0; i < 400; i++) {
		note_port(&ring, port(0x1f7, 0xd0, TRACE_IO_IN));
		trace_ring_publish(&ring);
		/* It may still grow. */
		assert_false(trace_ring_take(&ring, &event));
	}
	note_port(&ring, port(0x1f7, 0x58, TRACE_IO_IN));
	trace_ring_publish(&ring);
	assert_true(trace_ring_take(&ring, &event));
	assert_int_equal(event.count, 400);
	assert_int_equal(event.io.value, 0xd0);
	trace_ring_flush(&ring);
	assert_true(trace_ring_take(&ring, &event));
	assert_int_equal(event.count, 1);
	assert_int_equal(ring.seen[TRACE_IO], 401);
}

/* A port is no address, though the bytes of the event may be alike. */
static void test_fold_mmio(void **state)
{
	struct trace_event mmio = port(0, 0, TRACE_IO_IN);
	struct trace_ring ring = new_ring();
	struct trace_event event;

	(void)state;
	mmio.kind = TRACE_MMIO;
	note_port(&ring, port(0, 0, TRACE_IO_IN));
	note_port(&ring, mmio);
	note_port(&ring, mmio);
	mmio.mmio.value = 0x12;
	note_port(&ring, mmio);
	note_port(&ring, mmio);
	note_port(&ring, mmio);
	mmio.ip++;
	note_port(&ring, mmio);
	trace_ring_flush(&ring);
	for (u32 i = 0; i < 4; i++) {
		assert_true(trace_ring_take(&ring, &event));
		assert_int_equal(event.kind, i == 0 ? TRACE_IO : TRACE_MMIO);
		assert_int_equal(event.count, i == 0 || i == 3 ? 1 : i + 1);
	}
	assert_int_equal(ring.seen[TRACE_MMIO], 6);
	assert_false(trace_ring_take(&ring, &event));
}

static void test_fold_polls(void **state)
{
	const u8 poll = TRACE_IO_IN | TRACE_IO_POLL;
	struct trace_ring ring = new_ring();
	struct trace_event event;

	(void)state;
	note_port(&ring, port(0x1f7, 0xd0, poll));
	note_port(&ring, port(0x1f7, 0xd2, poll));
	note_port(&ring, port(0x1f7, 0x58, poll));
	trace_ring_flush(&ring);
	assert_true(trace_ring_take(&ring, &event));
	assert_int_equal(event.count, 3);
	assert_int_equal(event.io.value, 0xd0);
	assert_int_equal(event.io.last, 0x58);
}

/* Another port, direction, width or place, and strings, stand alone. */
static void test_no_fold(void **state)
{
	struct trace_event same = port(0x60, 1, TRACE_IO_IN);
	struct trace_event other[6];

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		other[i] = same;
	}
	other[0].io.port = 0x61;
	other[1].flags = 0;
	other[2].io.bytes = 2;
	other[3].ip++;
	other[4].io.value++;
	other[5].flags |= TRACE_IO_STRING;
	for (size_t i = 0; i < 6; i++) {
		struct trace_ring ring = new_ring();

		note_port(&ring, same);
		assert_false(trace_ring_fold(&ring, &other[i]));
	}
}

/* What was dropped lies between: the count must not jump over it. */
static void test_no_fold_over_a_gap(void **state)
{
	struct trace_ring ring = new_ring();
	struct trace_event event;

	(void)state;
	for (u32 i = 0; i < SIZE - 1; i++) {
		trace_ring_add(&ring, TRACE_INT);
	}
	note_port(&ring, port(0x60, 1, TRACE_IO_IN));
	assert_null(trace_ring_add(&ring, TRACE_INT));
	note_port(&ring, port(0x60, 1, TRACE_IO_IN));
	assert_int_equal(trace_ring_dropped(&ring), 2);
	trace_ring_publish(&ring);
	for (u32 i = 0; i < SIZE; i++) {
		assert_true(trace_ring_take(&ring, &event));
		assert_int_equal(event.count, 1);
	}
	assert_false(trace_ring_take(&ring, &event));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_fold_mmio),
		cmocka_unit_test(test_fold_polls),
		cmocka_unit_test(test_no_fold),
		cmocka_unit_test(test_no_fold_over_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
