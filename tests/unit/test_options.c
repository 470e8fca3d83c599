/* The kernel command line, as people and boot loaders write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/types.h"
#include "monitor/options.h"

static struct options options;
static char complaints[4096];

static void complain(void *context, const char *word, const char *why)
{
	assert_ptr_equal(context, complaints);
	assert_true(strlen(complaints) + strlen(word) + strlen(why) + 4 <
		    sizeof(complaints));
	strcat(complaints, word);
	strcat(complaints, ": ");
	strcat(complaints, why);
	strcat(complaints, "\n");
}

static unsigned parse(const char *cmdline)
{
	complaints[0] = '\0';
	return options_parse(&options, cmdline, complain, complaints);
}

static void check_defaults(void)
{
	assert_string_equal(options.console, "com1/115200,screen");
	assert_string_equal(options.run, "");
	assert_int_equal(options.then, OPTIONS_THEN_PROMPT);
	assert_int_equal(options.panic, PANIC_HALT);
	assert_int_equal(options.engine, OPTIONS_ENGINE_AUTO);
	assert_int_equal(options.board, OPTIONS_BOARD_DEFAULT);
	assert_int_equal(options.cpus, 0);
	assert_true(options.vme);
	assert_true(options.mitigations);
	assert_int_equal(options.timeout_ms, 10000);
	assert_string_equal(options.keymap->name, "us");
}

static void test_defaults(void **state)
{
	static const char *const lines[] = { "", "  ", "/boot/biosphere.elf",
					     "\t/biosphere.elf ", "\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		memset(&options, 0xa5, sizeof(options));
		assert_int_equal(parse(lines[i]), 0);
		check_defaults();
	}
}

static void test_all_words(void **state)
{
	(void)state;
	assert_int_equal(parse("/b.elf console=2f8/9600 run=demo then=halt "
			       "engine=v86-ept board=private cpus=3 vme=off "
			       "timeout=250 panic=poweroff mitigations=off"),
			 0);
	assert_int_equal(options.panic, PANIC_POWEROFF);
	assert_string_equal(options.console, "2f8/9600");
	assert_string_equal(options.run, "demo");
	assert_int_equal(options.then, OPTIONS_THEN_HALT);
	assert_int_equal(options.engine, OPTIONS_ENGINE_V86_EPT);
	assert_int_equal(options.board, OPTIONS_BOARD_PRIVATE);
	assert_int_equal(options.cpus, 3);
	assert_false(options.vme);
	assert_false(options.mitigations);
	assert_int_equal(options.timeout_ms, 250);
	assert_false(options.stop_on_error);

	assert_int_equal(options.usb, USB_AUTO);
	assert_int_equal(parse("usb=on"), 0);
	assert_int_equal(options.usb, USB_ON);
	assert_int_equal(parse("usb=maybe"), 1);
	assert_string_equal(complaints,
			    "usb=maybe: it takes auto, on or off\n");
	assert_int_equal(parse("keymap=de keymap=fr"), 0);
	assert_string_equal(options.keymap->name, "fr");
	assert_int_equal(parse("keymap=xx"), 1);
	assert_string_equal(complaints, "keymap=xx: it takes us|uk|de|fr|es\n");
	assert_string_equal(options.keymap->name, "us");

	assert_int_equal(options.colours, CONSOLE_COLOURS_AUTO);
	assert_int_equal(parse("color=on"), 0);
	assert_int_equal(options.colours, CONSOLE_COLOURS_ON);
	assert_int_equal(parse("color=on color=off"), 0);
	assert_int_equal(options.colours, CONSOLE_COLOURS_OFF);
	assert_int_equal(parse("color=off color=auto"), 0);
	assert_int_equal(options.colours, CONSOLE_COLOURS_AUTO);
	assert_int_equal(parse("on-error=stop"), 0);
	assert_true(options.stop_on_error);
	assert_int_equal(parse("on-error=stop on-error=continue"), 0);
	assert_false(options.stop_on_error);

	assert_int_equal(parse("then=poweroff engine=real view=machine"), 0);
	assert_int_equal(options.then, OPTIONS_THEN_POWEROFF);
	assert_int_equal(options.engine, OPTIONS_ENGINE_REAL);
	assert_int_equal(options.board, OPTIONS_BOARD_MACHINE);

	assert_int_equal(parse("then=reboot engine=v86 panic=reboot"), 0);
	assert_int_equal(options.panic, PANIC_REBOOT);
	assert_int_equal(options.then, OPTIONS_THEN_REBOOT);
	assert_int_equal(options.engine, OPTIONS_ENGINE_V86);

	assert_int_equal(parse("then=halt then=prompt cpus=1 cpus=2 panic=halt "
			       "engine=real engine=auto vme=off vme=on"),
			 0);
	assert_int_equal(options.panic, PANIC_HALT);
	assert_int_equal(options.then, OPTIONS_THEN_PROMPT);
	assert_int_equal(options.engine, OPTIONS_ENGINE_AUTO);
	assert_int_equal(options.cpus, 2);
	assert_true(options.vme);
}

static void test_quotes(void **state)
{
	static const struct {
		const char *cmdline;
		const char *run;
	} cases[] = {
		{ "run=\"bios 11; cpus\" cpus=2", "bios 11; cpus" },
		{ "\"run=bios 11; cpus\" cpus=2", "bios 11; cpus" },
		{ "\"run=\\\"bios 11; cpus\\\"\" cpus=2", "bios 11; cpus" },
		{ "\"run=\\'bios 11; cpus\\'\" cpus=2", "bios 11; cpus" },
		{ "\"run=x \\\"a;b\\\" y\" cpus=2", "x \"a;b\" y" },
		{ "run= cpus=2", "" },
		{ "run=\"\" cpus=2", "" },
		{ "run=\\\"\\\" cpus=2", "" },
		{ "run=\\\" cpus=2", "\"" },
		{ "\"run=a\\\\b\" cpus=2", "a\\b" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse(cases[i].cmdline), 0);
		assert_string_equal(options.run, cases[i].run);
		assert_int_equal(options.cpus, 2);
	}
}

static void test_malformed(void **state)
{
	static const char *const words[] = {
		"nonsense",
		"=",
		"cpus",
		"cpus=",
		"cpus=0",
		"cpus=two",
		"cpus=-1",
		"cpus=0x2",
		"cpus=4294967296",
		"vme=",
		"vme=ON",
		"vme=offf",
		"timeout=0",
		"timeout=1s",
		"timeout=3600001",
		"then=sleep",
		"then=",
		"engine=v87",
		"engine=v86-",
		"board=both",
		"view=both",
		"view",
		"console=",
		"Cpus=2",
		"cpuss=2",
		"/second/path",
		"\"\"",
		"timeout=99999999999999999999",
		"run",
		"panic=",
		"panic=prompt",
		"on-error=",
		"on-error=halt",
		"color=red",
		"mitigations=on",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char line[128];

		/* Ignored, reported, and without harm to its neighbours. */
		strcpy(line, "/b.elf ");
		strcat(line, words[i]);
		assert_int_equal(parse(line), 1);
		check_defaults();
		assert_non_null(strstr(complaints, ": "));
		if (words[i][0] != '"') {
			assert_memory_equal(complaints, words[i],
					    strlen(words[i]));
		}
		strcat(line, " cpus=7");
		assert_int_equal(parse(line), 1);
		assert_int_equal(options.cpus, 7);
		/* Nobody has to listen. */
		assert_int_equal(options_parse(&options, line, NULL, NULL), 1);
	}
	assert_int_equal(parse("a b c=d run=demo"), 3);
	assert_string_equal(complaints, "a: no such word\nb: no such word\n"
					"c=d: no such word\n");
}

static void test_open_quote(void **state)
{
	(void)state;
	assert_int_equal(parse("cpus=2 run=\"demo then=halt"), 1);
	assert_non_null(strstr(complaints, "a quote does not end"));
	assert_string_equal(options.run, "");
	assert_int_equal(options.cpus, 2);
}

static void test_long_values(void **state)
{
	char line[8000];
	char *value = line + strlen("run=");

	(void)state;
	memset(line, 'r', sizeof(line));
	memcpy(line, "run=", 4);
	value[OPTIONS_RUN_SIZE - 1] = '\0';
	assert_int_equal(parse(line), 0);
	assert_string_equal(options.run, value);
	value[OPTIONS_RUN_SIZE - 1] = 'r';
	for (size_t n = OPTIONS_RUN_SIZE; n < OPTIONS_RUN_SIZE + 40; n++) {
		value[n] = '\0';
		assert_int_equal(parse(line), 1);
		assert_string_equal(options.run, "");
		value[n] = 'r';
	}
	memcpy(line + 7000, " cpus=5", sizeof(" cpus=5"));
	assert_int_equal(parse(line), 1);
	assert_int_equal(options.cpus, 5);

	memcpy(line, "console=", 8);
	line[8 + OPTIONS_CONSOLE_SIZE - 1] = '\0';
	assert_int_equal(parse(line), 0);
	assert_string_equal(options.console, line + 8);
	line[8 + OPTIONS_CONSOLE_SIZE - 1] = 'r';
	line[8 + OPTIONS_CONSOLE_SIZE] = '\0';
	assert_int_equal(parse(line), 1);
	check_defaults();
}

static void test_random_lines(void **state)
{
	static const char pieces[] = "run=cpus then\"\\' /;=0129vmeonf\n\t\xff";

	(void)state;
	srand(2);
	for (unsigned round = 0; round < 20000; round++) {
		char line[200];
		size_t n = (size_t)rand() % sizeof(line);

		for (size_t i = 0; i < n; i++) {
			line[i] = pieces[(size_t)rand() % (sizeof(pieces) - 1)];
		}
		line[n] = '\0';
		options_parse(&options, line, NULL, NULL);
		assert_true(strlen(options.run) <= n);
		assert_in_range(options.timeout_ms, 1, 3600000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_all_words),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_open_quote),
		cmocka_unit_test(test_long_values),
		cmocka_unit_test(test_random_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
