/* The lines of the log: their heads, their ends, and who keeps them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/percpu.h"

#define this_cpu_index() 2u
#include "arch/console/log.c"

static u64 now_us;
static int locks;
static char written[2000];

u64 clock_us(void)
{
	return now_us;
}

bool console_lock(void)
{
	assert_int_equal(locks++, 0);
	return true;
}

void console_unlock(bool taken)
{
	assert_true(taken);
	assert_int_equal(--locks, 0);
}

/* As the console does: its sinks, and the log is one. */
void console_write(const char *text, size_t n)
{
	size_t length = strlen(written);

	assert_true(length + n < sizeof(written));
	memcpy(written + length, text, n);
	written[length + n] = '\0';
	log_sink.write(NULL, text, n, COLOUR_NONE);
}

static int setup(void **state)
{
	(void)state;
	written[0] = '\0';
	locks = 0;
	now_us = 12345678;
	problem_count = 0;
	memset(&ring, 0, sizeof(ring));
	ring = (struct ring)RING_INIT(ring_bytes);
	return 0;
}

static char dumped[3000];

static void emit(const char *text, size_t n)
{
	size_t length = strlen(dumped);

	assert_true(length + n < sizeof(dumped));
	memcpy(dumped + length, text, n);
	dumped[length + n] = '\0';
}

static void check_dump(const char *text)
{
	dumped[0] = '\0';
	log_dump(emit);
	assert_string_equal(dumped, text);
	assert_int_equal(locks, 0);
}

/* Details are kept and not shown; problems are counted. */
static void test_kinds(void **state)
{
	(void)state;
	log_info("one %d", 1);
	log_detail("two");
	log_warn("three");
	now_us = 5;
	log_error("four %s", "4");
	assert_string_equal(written, "[   12.345678 c2] one 1\n"
				     "[   12.345678 c2] warning: three\n"
				     "[    0.000005 c2] error: four 4\n");
	check_dump("[   12.345678 c2] one 1\n"
		   "[   12.345678 c2] two\n"
		   "[   12.345678 c2] warning: three\n"
		   "[    0.000005 c2] error: four 4\n");
	assert_int_equal(log_problem_count(), 2);
	assert_string_equal(log_problem(0), "three");
	assert_string_equal(log_problem(1), "four 4");
	assert_null(log_problem(2));
}

static void test_many_problems(void **state)
{
	(void)state;
	for (u32 i = 0; i < PROBLEMS + 3; i++) {
		log_warn("%u", i);
	}
	assert_int_equal(log_problem_count(), PROBLEMS + 3);
	assert_string_equal(log_problem(PROBLEMS - 1), "7");
	assert_null(log_problem(PROBLEMS));
}

/* A line that is too long ends in dots and a newline, at the last byte. */
static void test_long_line(void **state)
{
	static char text[2 * CONSOLE_LINE_MAX];
	size_t room = CONSOLE_LINE_MAX - strlen("[   12.345678 c2] ") - 2;

	(void)state;
	for (size_t n = room - 2; n <= room + 2; n++) {
		size_t length;

		setup(state);
		memset(text, 'x', n);
		text[n] = '\0';
		log_info("%s", text);
		length = strlen(written);
		assert_true(length <= CONSOLE_LINE_MAX);
		assert_int_equal(written[length - 1], '\n');
		assert_int_equal(strchr(written, '\n') - written, length - 1);
		if (n <= room) {
			assert_int_equal(length, 18 + n + 1);
			assert_int_equal(written[length - 2], 'x');
		} else {
			assert_int_equal(length, 18 + room + 1);
			assert_memory_equal(written + length - 5, "x...\n", 5);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_kinds, setup),
		cmocka_unit_test_setup(test_many_problems, setup),
		cmocka_unit_test_setup(test_long_line, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
