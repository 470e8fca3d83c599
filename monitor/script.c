/*
 * Takes scripts apart into command lines. Knows no command. Called by the
 * shell, on the boot core.
 */
#include "monitor/script.h"

#include "arch/console.h"
#include "lib/string.h"
#include "monitor/command.h"

/*
 * Room for one character more than a command line may have: what was too long
 * stays too long when it is cut to this, and is refused, not shortened.
 */
#define LINE_SIZE (ARGS_LINE_MAX + 2)

/* Copies a piece without the blanks around it; odd bytes become '?'. */
static void copy_line(char *line, const char *text, size_t bytes)
{
	size_t n = 0;

	while (bytes != 0 && str_is_blank(*text)) {
		text++;
		bytes--;
	}
	while (bytes != 0 &&
	       (str_is_blank(text[bytes - 1]) || text[bytes - 1] == '\r')) {
		bytes--;
	}
	for (; n < MIN(bytes, (size_t)LINE_SIZE - 1); n++) {
		bool fits = str_is_print(text[n]) || str_is_blank(text[n]);

		line[n] = fits ? text[n] : '?';
	}
	line[n] = '\0';
}

static int run_line(const char *line)
{
	if (*line != '\0' && *line != '#') {
		console_printf("command: %s\n", line);
	}
	return command_run(line);
}

/* Length up to the ';' that ends the first command, or up to the end. */
static size_t command_length(const char *text)
{
	bool quoted = false;
	size_t n = 0;

	for (; text[n] != '\0' && (quoted || text[n] != ';'); n++) {
		if (text[n] == '"') {
			quoted = !quoted;
		} else if (text[n] == '\\' && text[n + 1] != '\0') {
			n++;
		}
	}
	return n;
}

unsigned script_run_list(const char *text)
{
	unsigned failed = 0;

	for (;;) {
		char line[LINE_SIZE];
		size_t n = command_length(text);

		copy_line(line, text, n);
		failed += run_line(line) < 0;
		if (text[n] == '\0') {
			return failed;
		}
		text += n + 1;
	}
}

unsigned script_run_file(const char *text, size_t bytes)
{
	unsigned failed = 0;
	bool stop_on_error = false;

	for (unsigned number = 1; bytes != 0; number++) {
		char line[LINE_SIZE];
		size_t n = 0;

		while (n < bytes && text[n] != '\n') {
			n++;
		}
		copy_line(line, text, n);
		n += n < bytes;
		text += n;
		bytes -= n;
		if (str_equal(line, "stop-on-error")) {
			stop_on_error = true;
			continue;
		}
		if (run_line(line) == 0) {
			continue;
		}
		failed++;
		console_printf("script: line %u failed\n", number);
		if (stop_on_error) {
			console_printf("script: stopped there\n");
			break;
		}
	}
	return failed;
}
