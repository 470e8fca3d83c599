/*
 * The monitor's commands: the struct of a command, running a line of text, and
 * the closing line, `ok` or `error: what; where; what to do`. Commands run on
 * the boot core, one at a time.
 */
#pragma once

#include "lib/types.h"
#include "monitor/line/args.h"
#include "monitor/report.h"

struct command {
	const char *name;
	const char *usage;   /* what follows the name: "ADDR LEN [cpu=N]", "" */
	const char *summary; /* half a line for the list of `help` */
	const char *details; /* for `help NAME`; '\n' between lines; or NULL */
	const char *example; /* a whole line to type; or NULL */
	const char *keys;    /* its options, as args_check() takes them; NULL */
	/* The i-th word that may follow the name, for TAB; or NULL. */
	const char *(*word)(size_t i);
	u8 min_words; /* the least number of plain words after the name */
	u8 max_words; /* the greatest number of them */
	/*
	 * Called if keys and number of words are right. Returns 0 for `ok` or a
	 * negative error code. Its words are those of command_error(), else of
	 * args->error, else of error_text().
	 */
	int (*run)(struct args *args);
};

/*
 * A command registers itself: where it is defined it names its group and its
 * place there, two digits, and the linker sorts by both. Whether a file with
 * commands is linked or not, nobody else knows it.
 *
 *	COMMAND(MACHINE, 10, peek) = { .name = "peek", ... };
 */
#define COMMAND(group, place, word)                                            \
	COMMAND_LISTED(word##_command, COMMAND_GROUP_##group "." #place)

/* The groups in the list of `help`, in this order. */
#define COMMAND_GROUP_GUESTS "1"
#define COMMAND_GROUP_VMX "2"
#define COMMAND_GROUP_MACHINE "3"
#define COMMAND_GROUP_TESTS "4"
#define COMMAND_GROUP_MONITOR "5"

/* The title of a group: an entry of the list without a name. */
#define COMMAND_GROUP(group, title)                                            \
	COMMAND_LISTED(title_of_##group,                                       \
		       COMMAND_GROUP_##group) = { .summary = (title) }

#define COMMAND_LISTED(variable, place)                                        \
	static const struct command variable                                   \
		__attribute__((used, section(".command." place)))

/* All commands and titles (linker.ld). */
extern const struct command command_list_start[], command_list_end[];

/*
 * Runs a line and prints its closing line. Returns 0 or the error code;
 * ERR_INTERRUPTED if input_interrupted() holds, which the caller must clear. An
 * empty line and a comment ('#' first) print nothing and return 0.
 */
int command_run(const char *line);

/*
 * Sets the words of this command's error. Returns err, so that a command can
 * return the call.
 */
int command_error(int err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The i-th command's name in the order of `help`; NULL after the last. */
const char *command_name_nth(size_t i);

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);

/* The command that was probably meant; NULL if no name is near. */
const char *command_nearest(const char *name);

/*
 * Ends a command that prints PASS and FAIL: prints the SUMMARY, and returns 0
 * or an error with its words set. where: the command's name.
 */
int command_close_report(struct report *report, const char *where);

/* Prints `ok` now: for a command that does not return if it succeeds. */
void command_print_ok(void);

/*
 * Prints a line: the emit function of a struct report. After an interruption it
 * prints nothing, so that there is no SUMMARY.
 */
void command_emit_line(void *context, const char *line);
