/*
 * Scripts taken apart into command lines. Pure.
 */
#pragma once

#include "lib/types.h"
#include "monitor/line/args.h"

/*
 * Room for one character more than a command line may have: what was too long
 * stays too long when it is cut to this, and is refused, not shortened.
 */
#define SCRIPT_LINE_SIZE (ARGS_LINE_MAX + 2)

/*
 * Copies a piece into SCRIPT_LINE_SIZE bytes, without the blanks around it and
 * a carriage return behind it; odd bytes become '?'.
 */
void script_copy_line(char *line, const char *text, size_t bytes);

/*
 * Length up to the ';' that ends the first command, or up to the end. Quotes
 * and backslashes are read as parse_word() does.
 */
size_t script_command_length(const char *text);
