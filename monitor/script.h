/*
 * Commands without a person: the `CMD; CMD` of run= and the module `script`.
 * Each is shown first, as `command: CMD`. What fails is followed by a line that
 * says where it stands, and the next command is run, unless on-error=stop. On
 * the boot core.
 */
#pragma once

#include "lib/types.h"

enum script_end {
	SCRIPT_DONE,	    /* all commands were run */
	SCRIPT_STOPPED,	    /* not all, because of an error */
	SCRIPT_INTERRUPTED, /* not all, because somebody wanted it to stop */
};

/* Runs commands with ';' between them, unless it is within "...". */
enum script_end script_run_list(const char *text, bool stop_on_error);

/*
 * Runs a file of that many bytes, one command a line, '#' for a comment. The
 * lines `on-error=stop` and `on-error=continue` hold for those after them.
 */
enum script_end script_run_file(const char *text, size_t bytes,
				bool stop_on_error);
