/*
 * monitor/options.c and arch/console/console_spec.c: any text for the kernel
 * command line. Every setting stays one of those there are, each word is taken
 * or complained about, and no typing mistake makes the machine mute.
 */
#include "arch/console/console_spec.h"
#include "lib/parse.h"
#include "monitor/options.h"
#include "tests/fuzz/fuzz.h"

static unsigned complaints;

static void complain(void *context, const char *word, const char *why)
{
	CHECK(context == &complaints);
	CHECK(word != NULL && strlen(word) < 2048);
	CHECK(why[0] != '\0' && fuzz_is_line(why, 256));
	complaints++;
}

static void check_console(const char *list)
{
	struct console_spec spec;
	size_t bad;

	memset(&spec, 0x5a, sizeof(spec));
	complaints = 0;
	bad = console_spec_parse(&spec, list, complain, &complaints);
	CHECK(bad == complaints);
	CHECK(spec.serial_count <= CONSOLE_MAX_SERIAL);
	for (size_t i = 0; i < spec.serial_count; i++) {
		const struct console_port *port = &spec.serial[i];

		char name[24];

		console_port_name(port, name, sizeof(name));
		CHECK(fuzz_is_line(name, sizeof(name)));
		CHECK(port->kind != CONSOLE_AT_PORT ||
		      (port->at % 8 == 0 && port->at != 0 &&
		       port->at <= 0xfff8));
		CHECK(port->kind != CONSOLE_AT_PCI || port->at <= 0xffff);
		CHECK(port->kind != CONSOLE_AT_ADDRESS ||
		      (port->at >= 0x100000 && port->at < BIT(52)));
		CHECK(port->baud == 0 ||
		      (port->baud >= 50 &&
		       port->baud <= (port->kind == CONSOLE_AT_PORT
					      ? 115200u
					      : 4000000u)));
		for (size_t j = 0; j < i; j++) {
			CHECK(spec.serial[j].kind != port->kind ||
			      spec.serial[j].at != port->at);
		}
	}
	CHECK(spec.serial_count > 0 || spec.screen ||
	      str_equal_nocase(list, "none"));
}

/* Words as parse_word() sees them, but for a first one with '/'. */
static unsigned count_words(const char *text)
{
	char word[2048];
	unsigned words = 0;
	const char *cursor = text;
	int found;

	while ((found = parse_word(&cursor, word, sizeof(word))) != 0) {
		CHECK(cursor >= text && cursor <= text + strlen(text));
		CHECK(strlen(word) < sizeof(word));
		words++;
	}
	return words;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	char *text = fuzz_take_text(&in);
	static struct options options;
	unsigned ignored;

	memset(&options, 0x5a, sizeof(options));
	complaints = 0;
	ignored = options_parse(&options, text, complain, &complaints);
	CHECK(ignored == complaints && ignored <= count_words(text));
	CHECK(options_parse(&options, text, NULL, NULL) == ignored);

	CHECK(options.then <= OPTIONS_THEN_HALT);
	CHECK(options.engine <= OPTIONS_ENGINE_REAL);
	CHECK(options.board <= OPTIONS_BOARD_DEFAULT);
	CHECK(options.timeout_ms >= 1 && options.timeout_ms <= 3600000);
	CHECK(str_nlen(options.run, OPTIONS_RUN_SIZE) < OPTIONS_RUN_SIZE);
	CHECK(str_nlen(options.console, OPTIONS_CONSOLE_SIZE) <
	      OPTIONS_CONSOLE_SIZE);
	check_console(options.console);
	check_console(text);
	free(text);
	return 0;
}
