/* Which words get a colour, in pieces as they come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/console/console_colour.h"

/* The text with <r word> for what is red, and so on. */
static const char *marked(const char *text, bool line_start)
{
	static char out[300];
	size_t n = strlen(text), used = 0, at, length;
	enum colour colour;

	while ((colour = console_colour_find(text, n, line_start, &at,
					     &length)) != COLOUR_NONE) {
		assert_true(at + length <= n);
		used += (size_t)sprintf(out + used, "%.*s<%c %.*s>", (int)at,
					text, " rgy"[colour], (int)length,
					text + at);
		text += at + length;
		n -= at + length;
		line_start = false;
	}
	strcpy(out + used, text);
	return out;
}

static void test_words(void **state)
{
	static const char *const table[][2] = {
		{ "PASS: a: 1\n", "<g PASS>: a: 1\n" },
		{ "FAIL: a\n", "<r FAIL>: a\n" },
		{ "SKIP: a: why\n", "<y SKIP>: a: why\n" },
		{ "error: what; where; do\n", "<r error>: what; where; do\n" },
		{ "panic: x\n", "<r panic>: x\n" },
		{ "[    0.5 c0] warning: x\n",
		  "[    0.5 c0] <y warning>: x\n" },
		{ "[    0.5 c0] error: x\n", "[    0.5 c0] <r error>: x\n" },
		{ "a\nPASS: b\nok\nFAIL: c\n",
		  "a\n<g PASS>: b\nok\n<r FAIL>: c\n" },
		/* Not at a line's beginning, not the whole word, no word. */
		{ " PASS: a\n", " PASS: a\n" },
		{ "PASSED: a\nPASS\n", "PASSED: a\nPASS\n" },
		{ "x error: y\n", "x error: y\n" },
		{ "[PASS: a\n", "[PASS: a\n" },
		{ "[x] ", "[x] " },
		{ "[x]", "[x]" },
		{ "[", "[" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_string_equal(marked(table[i][0], true), table[i][1]);
	}
	assert_string_equal(marked("PASS: a\nPASS: b", false),
			    "PASS: a\n<g PASS>: b");
}

/* Never reads behind the end. */
static void test_ends(void **state)
{
	static const char text[] = "[0 c0] error: x\nPASS: y";
	size_t at, length;

	(void)state;
	for (size_t n = 0; n <= sizeof(text); n++) {
		char *copy = malloc(n + (n == 0));

		memcpy(copy, text, n);
		console_colour_find(copy, n, true, &at, &length);
		console_colour_find(copy, n, false, &at, &length);
		free(copy);
	}
}

static void test_sequences(void **state)
{
	(void)state;
	assert_string_equal(console_colour_sequence(COLOUR_NONE), "\033[0m");
	assert_string_equal(console_colour_sequence(COLOUR_RED), "\033[31m");
	assert_string_equal(console_colour_sequence(COLOUR_GREEN), "\033[32m");
	assert_string_equal(console_colour_sequence(COLOUR_YELLOW), "\033[33m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
