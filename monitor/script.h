/*
 * Commands without a person: the `CMD; CMD` of run= and the module `script`.
 * On the boot core.
 */
#pragma once

#include "lib/types.h"

/*
 * Runs commands with ';' between them, unless it is within "...". Each is
 * shown first, as `command: CMD`. An error does not end the list. Returns the
 * number of commands that failed.
 */
unsigned script_run_list(const char *text);

/*
 * Runs a file of that many bytes, one command a line, '#' for a comment. What
 * fails is followed by `script: line N failed`, and the next line is run;
 * after a line `stop-on-error` the script ends there instead. Returns the
 * number of commands that failed.
 */
unsigned script_run_file(const char *text, size_t bytes);
