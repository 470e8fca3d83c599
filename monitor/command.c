/*
 * Finds and runs commands and prints how each one ended. The only place that
 * knows all groups of commands. Called by the shell and by scripts, on the
 * boot core.
 */
#include "monitor/command.h"

#include "arch/console/console.h"
#include "arch/fault_log.h"
#include "arch/console/input.h"
#include "arch/console/log.h"
#include "arch/nmi_watchdog.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/string.h"
#include "proof/bench/bench.h"
#include "monitor/cmd/acpi.h"
#include "monitor/cmd/basic.h"
#include "monitor/cmd/bios.h"
#include "proof/crash.h"
#include "monitor/cmd/exits.h"
#include "proof/hostile/cmd_hostile.h"
#include "monitor/cmd/memory.h"
#include "monitor/cmd/nmi.h"
#include "monitor/cmd/picture.h"
#include "monitor/cmd/power.h"
#include "monitor/cmd/run.h"
#include "monitor/cmd/step.h"
#include "monitor/cmd/trace.h"
#include "monitor/cmd/run64.h"
#include "monitor/demo.h"
#include "monitor/cmd/vmcs.h"
#include "monitor/cmd/vmx.h"
#include "proof/selftest/selftest.h"
#include "proof/soak.h"

#define ERROR_SIZE 256
#define NAME_MAX 16 /* longer words are not compared with command names */
#define NEAR 2	    /* most edits between a typing mistake and what was meant */

static const struct command *const guest_commands[] = {
	demo_commands,	      cmd_bios_commands,
	cmd_run_commands,     cmd_run64_commands,
	cmd_step_commands,    cmd_nmi_commands,
	cmd_picture_commands, NULL,
};

static const struct command *const vmx_commands[] = {
	cmd_vmx_commands,
	cmd_exits_commands,
	cmd_trace_commands,
	cmd_vmcs_commands,
	NULL,
};

static const struct command *const machine_commands[] = {
	cmd_memory_commands,
	cmd_acpi_commands,
	cmd_basic_machine_commands,
	NULL,
};

static const struct command *const test_commands[] = {
	selftest_commands,    soak_commands,	  bench_commands,
	cmd_hostile_commands, cmd_crash_commands, NULL,
};

static const struct command *const monitor_commands[] = {
	cmd_basic_monitor_commands,
	cmd_power_commands,
	NULL,
};

const struct command_group command_groups[] = {
	{ "Guests", guest_commands },
	{ "VMX", vmx_commands },
	{ "The machine", machine_commands },
	{ "Tests and measurements", test_commands },
	{ "The monitor", monitor_commands },
	{ 0 },
};

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

const struct command *command_nth(size_t i)
{
	for (const struct command_group *group = command_groups;
	     group->title != NULL; group++) {
		for (size_t a = 0; group->commands[a] != NULL; a++) {
			const struct command *command = group->commands[a];

			for (; command->name != NULL; command++) {
				if (i-- == 0) {
					return command;
				}
			}
		}
	}
	return NULL;
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

/* Insertions, deletions and changes from a to b; both at most NAME_MAX long. */
static unsigned edit_distance(const char *a, const char *b)
{
	unsigned row[NAME_MAX + 1];
	size_t columns = strlen(b);

	for (size_t j = 0; j <= columns; j++) {
		row[j] = (unsigned)j;
	}
	for (size_t i = 0; a[i] != '\0'; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 1; j <= columns; j++) {
			unsigned change = diagonal + (a[i] != b[j - 1]);

			diagonal = row[j];
			row[j] = MIN(change, MIN(row[j], row[j - 1]) + 1);
		}
	}
	return row[columns];
}

const char *command_nearest(const char *name)
{
	const struct command *command;
	const char *best = NULL;
	unsigned best_distance = NEAR + 1;
	size_t length = str_nlen(name, NAME_MAX + 1);

	if (length < 2 || length > NAME_MAX) {
		return NULL;
	}
	for (size_t i = 0; (command = command_nth(i)) != NULL; i++) {
		unsigned distance;

		if (strlen(command->name) > NAME_MAX) {
			continue;
		}
		if (str_starts(command->name, name)) {
			return command->name;
		}
		distance = edit_distance(name, command->name);
		if (distance < best_distance && distance < length) {
			best_distance = distance;
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
	cmd_trace_drain();
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

/* What fails from then on fails because guests are not let run any more. */
void command_emit_line(void *context, const char *line)
{
	(void)context;
	if (!input_interrupted()) {
		console_printf("%s\n", line);
	}
}
