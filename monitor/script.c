/*
 * Runs scripts, command line by command line. Knows no command. Called by the
 * shell, on the boot core.
 */
#include "monitor/script.h"

#include "arch/console/console.h"
#include "lib/error.h"
#include "lib/parse.h"
#include "lib/str.h"
#include "monitor/command.h"
#include "monitor/script_lines.h"

/* The state of a script that is running. */
struct script {
	const char *unit; /* "line" or "command" */
	const char *name;
	unsigned number;
	bool stop_on_error;
	enum script_end end;
};

/* Runs a line; false if the script ends with it. */
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

enum script_end script_run_list(const char *text, bool stop_on_error)
{
	struct script script = { .unit = "command",
				 .name = "run=",
				 .stop_on_error = stop_on_error };

	for (;;) {
		char line[SCRIPT_LINE_SIZE];
		size_t n = script_command_length(text);

		script_copy_line(line, text, n);
		script.number += *line != '\0';
		if (!run_line(&script, line) || text[n] == '\0') {
			return script.end;
		}
		text += n + 1;
	}
}

/* Whether the line is a setting and not a command. */
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
		char line[SCRIPT_LINE_SIZE];
		size_t n = 0;

		while (n < bytes && text[n] != '\n') {
			n++;
		}
		script_copy_line(line, text, n);
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
