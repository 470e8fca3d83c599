/* Where the lines and commands of scripts end, and what is left of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/parse.h"
#include "monitor/script_lines.h"

static void test_command_ends(void **state)
{
	static const struct {
		const char *text;
		const char *first; /* the command, still with its quotes */
	} rows[] = {
		{ "", "" },
		{ ";", "" },
		{ "demo", "demo" },
		{ "bios 11; cpus", "bios 11" },
		{ "bios 11;;cpus", "bios 11" },
		{ "keys \"a;b\"; cpus", "keys \"a;b\"" },
		{ "keys a\"b;c\"d;cpus", "keys a\"b;c\"d" },
		{ "keys \"a;b", "keys \"a;b" }, /* does not end */
		/* A quote that is a character protects nothing. */
		{ "keys \\\";cpus", "keys \\\"" },
		{ "keys \\';cpus", "keys \\'" },
		{ "keys \"a\\\";b\";cpus", "keys \"a\\\";b\"" },
		{ "keys \\\\\"a;b\"", "keys \\\\\"a;b\"" },
		{ "keys \\\\;cpus", "keys \\\\" },
		{ "keys \\\\\\\";cpus", "keys \\\\\\\"" },
		/* Before anything else a backslash is itself. */
		{ "keys dir\\n;cpus", "keys dir\\n" },
		{ "keys \\;cpus", "keys \\" },
		{ "keys \\", "keys \\" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (script_command_length(rows[i].text) !=
		    strlen(rows[i].first)) {
			fail_msg("%s: %zu characters", rows[i].text,
				 script_command_length(rows[i].text));
		}
	}
}

/* No command ends inside a word: then its quotes would not match. */
static void test_words_stay_whole(void **state)
{
	static const char alphabet[] = "\\\"';a ";
	char text[7] = "";

	(void)state;
	for (u32 n = 0; n < 6 * 6 * 6 * 6 * 6 * 6; n++) {
		char word[8];
		const char *cursor = text;
		char first[8] = "";
		int result;

		for (u32 i = 0, rest = n; i < 6; i++, rest /= 6) {
			text[i] = alphabet[rest % 6];
		}
		memcpy(first, text, script_command_length(text));
		cursor = first;
		do {
			result = parse_word(&cursor, word, sizeof(word));
		} while (result == 1);
		/* Unless it does not end at all. */
		if (result != 0 && strlen(first) != strlen(text)) {
			fail_msg("%s: cut to %s", text, first);
		}
	}
}

static void test_lines(void **state)
{
	static const struct {
		const char *text, *line;
	} rows[] = {
		{ "", "" },
		{ " \t ", "" },
		{ "\r", "" },
		{ "cpus", "cpus" },
		{ "cpus\r", "cpus" },
		{ " \tbios 11 \t\r", "bios 11" },
		{ "bios  11", "bios  11" },
		{ "bios\t11", "bios\t11" },
		{ "bios\r11", "bios?11" },
		{ "bios\x1b\x80\x7f", "bios???" },
	};
	char line[SCRIPT_LINE_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		script_copy_line(line, rows[i].text, strlen(rows[i].text));
		assert_string_equal(line, rows[i].line);
	}
	/* Only so many bytes are the piece's. */
	script_copy_line(line, "cpus;vmx", 4);
	assert_string_equal(line, "cpus");
}

/* Cut, and still too long for a command line. */
static void test_long_lines(void **state)
{
	static char text[2 * SCRIPT_LINE_SIZE];
	char line[SCRIPT_LINE_SIZE];

	(void)state;
	memset(text, 'x', sizeof(text));
	script_copy_line(line, text, ARGS_LINE_MAX);
	assert_int_equal(strlen(line), ARGS_LINE_MAX);
	script_copy_line(line, text, ARGS_LINE_MAX + 1);
	assert_int_equal(strlen(line), ARGS_LINE_MAX + 1);
	script_copy_line(line, text, sizeof(text));
	assert_int_equal(strlen(line), ARGS_LINE_MAX + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command_ends),
		cmocka_unit_test(test_words_stay_whole),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
