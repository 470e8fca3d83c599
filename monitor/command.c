/*
 * Finds and runs commands and prints how each one ended. Called by the shell
 * and by scripts, on the boot core.
 */
#include "monitor/command.h"

#include "arch/console/console.h"
#include "arch/console/input.h"
#include "arch/console/log.h"
#include "arch/fault_log.h"
#include "arch/nmi_watchdog.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "monitor/line/misspelling.h"
#include "monitor/trace_reader.h"

#define ERROR_SIZE 256

COMMAND_GROUP(GUESTS, "Guests");
COMMAND_GROUP(VMX, "VMX");
COMMAND_GROUP(MACHINE, "The machine");
COMMAND_GROUP(MONITOR, "The monitor");

/* The error of the command that runs; "" if it has set none. */
static char error_words[ERROR_SIZE];

int command_error(int err, const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	fmt_vsnprintf(error_words, sizeof(error_words), fmt, list);
	va_end(list);
	return err;
}

static const struct command *command_nth(size_t i)
{
	for (const struct command *command = command_list_start;
	     command != command_list_end; command++) {
		if (command->name != NULL && i-- == 0) {
			return command;
		}
	}
	return NULL;
}

const char *command_name_nth(size_t i)
{
	const struct command *command = command_nth(i);

	return command == NULL ? NULL : command->name;
}

const struct command *command_find(const char *name)
{
	const struct command *command;

	for (size_t i = 0; (command = command_nth(i)) != NULL; i++) {
		if (str_equal(command->name, name)) {
			return command;
		}
	}
	return NULL;
}

const char *command_nearest(const char *name)
{
	const struct command *command;
	const char *best = NULL;
	unsigned least = MISSPELLING_NONE;

	for (size_t i = 0; (command = command_nth(i)) != NULL; i++) {
		unsigned mistakes = misspelling(name, command->name);

		if (mistakes < least) {
			least = mistakes;
			best = command->name;
		}
	}
	return best;
}

static int unknown_command(const char *name)
{
	const char *meant = command_nearest(name);

	if (meant != NULL) {
		return command_error(ERR_NOT_FOUND,
				     "unknown command '%.32s'; monitor; did you "
				     "mean '%s'? 'help' lists all",
				     name, meant);
	}
	return command_error(ERR_NOT_FOUND,
			     "unknown command '%.32s'; monitor; 'help' lists "
			     "all",
			     name);
}

static int run_words(struct args *args)
{
	const char *name = args_name(args);
	const struct command *command = command_find(name);
	int err;

	if (command == NULL) {
		return unknown_command(name);
	}
	err = args_check(args, command->keys, command->min_words,
			 command->max_words);
	if (err >= 0) {
		err = command->run(args);
	}
	if (input_interrupted()) {
		return command_error(ERR_INTERRUPTED,
				     "interrupted; '%s' was stopped by Ctrl-C "
				     "or a break; type it again to start over",
				     name);
	}
	return err;
}

static void print_error(const struct args *args, int err)
{
	if (error_words[0] != '\0') {
		console_printf("error: %s\n", error_words);
	} else if (args->error[0] != '\0') {
		console_printf("error: %s\n", args->error);
	} else {
		console_printf("error: %s; command %s; 'log' may tell more\n",
			       error_text(err), args_name(args));
	}
}

int command_run(const char *line)
{
	struct args args;
	int err;

	while (str_is_blank(*line)) {
		line++;
	}
	if (*line == '\0' || *line == '#') {
		return 0;
	}
	fault_log_report();
	log_detail("command: %s", line);
	error_words[0] = '\0';
	err = args_parse(&args, line);
	if (err >= 0) {
		err = run_words(&args);
		nmi_watchdog_rest();
	}
	trace_reader_drain();
	if (err < 0) {
		print_error(&args, err);
		return err;
	}
	command_print_ok();
	return 0;
}

int command_close_report(struct report *report, const char *where)
{
	if (report_summary(report) == 0) {
		return 0;
	}
	return command_error(ERR_FAULT,
			     "not all went well; %s; see the FAIL lines above",
			     where);
}

void command_print_ok(void)
{
	console_printf("ok\n");
}

/* After an interruption everything fails, because no guest may run any more. */
void command_emit_line(void *context, const char *line)
{
	(void)context;
	if (!input_interrupted()) {
		console_printf("%s\n", line);
	}
}
