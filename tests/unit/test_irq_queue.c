/* Which of the interrupts that wait comes first, with which vector. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guest/board/irq_queue.h"

/* The 8259A's fixed priority, with the slave on line 2. */
static const u8 order[] = { 0, 1, 8, 9, 10, 11, 12, 13, 14, 15, 3, 4, 5, 6, 7 };

static u8 vector_of(u8 line)
{
	return (u8)(line < 8 ? 0x08 + line : 0x70 + line - 8);
}

static void test_rank(void **state)
{
	struct irq_queue queue = { 0 };

	(void)state;
	for (u8 line = 15; line < 16; line--) {
		if (line != 2) {
			irq_queue_put(&queue, line, vector_of(line));
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		u8 line;

		assert_false(irq_queue_is_empty(&queue));
		line = irq_queue_take(&queue);
		assert_int_equal(line, order[i]);
		assert_int_equal(queue.vector_of[line], vector_of(line));
	}
	assert_true(irq_queue_is_empty(&queue));
}

/* Of each two, whichever came first; and the other one is still there. */
static void test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(order); j++) {
			struct irq_queue queue = { 0 };

			irq_queue_put(&queue, order[i], 0x20);
			irq_queue_put(&queue, order[j], 0x21);
			assert_int_equal(irq_queue_take(&queue),
					 order[MIN(i, j)]);
			assert_int_equal(irq_queue_is_empty(&queue), i == j);
			if (i != j) {
				assert_int_equal(irq_queue_take(&queue),
						 order[MAX(i, j)]);
			}
			assert_true(irq_queue_is_empty(&queue));
		}
	}
}

/* A PIC that was programmed anew in between: its later vector counts. */
static void test_put_twice(void **state)
{
	struct irq_queue queue = { 0 };

	(void)state;
	irq_queue_put(&queue, 4, 0x0c);
	irq_queue_put(&queue, 4, 0x5c);
	assert_int_equal(irq_queue_take(&queue), 4);
	assert_int_equal(queue.vector_of[4], 0x5c);
	assert_true(irq_queue_is_empty(&queue));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rank),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_put_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
