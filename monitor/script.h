/*
 * Runs commands without a person: the `CMD; CMD` of run= and the module
 * `script`. Each is first shown as `command: CMD`. A command that fails is
 * followed by a line that says where it is; then the next one runs, unless
 * on-error=stop. On the boot core.
 */
#pragma once

#include "lib/types.h"

enum script_end {
	SCRIPT_DONE,	    /* all commands were run */
	SCRIPT_STOPPED,	    /* an error has stopped it */
	SCRIPT_INTERRUPTED, /* a person has stopped it */
};

/* Runs commands with ';' between them, unless it is within "...". */
enum script_end script_run_list(const char *text, bool stop_on_error);

/*
 * Runs a file: one command in each line, '#' begins a comment. The lines
 * `on-error=stop` and `on-error=continue` hold for the commands behind them.
 */
enum script_end script_run_file(const char *text, size_t bytes,
				bool stop_on_error);
