/* Splits scripts into command lines. Pure. */
#pragma once

#include "lib/types.h"
#include "monitor/line/args.h"

/*
 * Room for one character more than a command line may have: a line that was too
 * long is still too long after being cut to this size, and so is refused and
 * not shortened.
 */
#define SCRIPT_LINE_SIZE (ARGS_LINE_MAX + 2)

/*
 * Copies a command to line (SCRIPT_LINE_SIZE bytes), without the blanks around
 * it and a carriage return behind it; unprintable bytes become '?'.
 */
void script_copy_line(char *line, const char *text, size_t bytes);

/*
 * The length up to the ';' behind the first command, or up to the end. Quotes
 * and backslashes mean what parse_word() takes them for.
 */
size_t script_command_length(const char *text);
