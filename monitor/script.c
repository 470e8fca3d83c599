/*
 * Takes scripts apart into command lines. Knows no command. Called by the
 * shell, on the boot core.
 */
#include "monitor/script.h"

#include "arch/console.h"
#include "lib/error.h"
#include "lib/parse.h"
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

/* Where a script is, and what has become of it so far. */
struct script {
	const char *unit; /* "line" or "command" */
	const char *name;
	unsigned number;
	bool stop_on_error;
	enum script_end end;
};

/* False if the script ends here. */
static bool run_line(struct script *script, const char *line)
{
	int err;

	if (*line == '\0' || *line == '#') {
		return true;
	}
	console_printf("command: %s\n", line);
	err = command_run(line);
	if (err == 0) {
		return true;
	}
	if (err == ERR_INTERRUPTED) {
		script->end = SCRIPT_INTERRUPTED;
	} else if (script->stop_on_error) {
		script->end = SCRIPT_STOPPED;
	}
	console_printf("script: %s %u of %s %s; %s\n", script->unit,
		       script->number, script->name,
		       err == ERR_INTERRUPTED ? "was interrupted"
					      : "ended with an error",
		       script->end == SCRIPT_DONE ? "going on" : "stopping");
	return script->end == SCRIPT_DONE;
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

enum script_end script_run_list(const char *text, bool stop_on_error)
{
	struct script script = { .unit = "command",
				 .name = "run=",
				 .stop_on_error = stop_on_error };

	for (;;) {
		char line[LINE_SIZE];
		size_t n = command_length(text);

		copy_line(line, text, n);
		script.number += *line != '\0';
		if (!run_line(&script, line) || text[n] == '\0') {
			return script.end;
		}
		text += n + 1;
	}
}

/* Whether the line is for us and not a command. */
static bool is_setting(struct script *script, const char *line)
{
	const char *value = parse_option(line, "on-error");

	if (value == NULL ||
	    (!str_equal(value, "stop") && !str_equal(value, "continue"))) {
		return false;
	}
	script->stop_on_error = str_equal(value, "stop");
	return true;
}

enum script_end script_run_file(const char *text, size_t bytes,
				bool stop_on_error)
{
	struct script script = { .unit = "line",
				 .name = "'script'",
				 .stop_on_error = stop_on_error };

	while (bytes != 0) {
		char line[LINE_SIZE];
		size_t n = 0;

		while (n < bytes && text[n] != '\n') {
			n++;
		}
		copy_line(line, text, n);
		n += n < bytes;
		text += n;
		bytes -= n;
		script.number++;
		if (!is_setting(&script, line) && !run_line(&script, line)) {
			break;
		}
	}
	return script.end;
}
