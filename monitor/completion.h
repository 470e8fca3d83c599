/*
 * What TAB offers at the prompt: commands, the options of a command, and the
 * words that may follow its name, such as modules.
 */
#pragma once

#include <stddef.h>

/*
 * For the line editor (monitor/line/line_edit.h): the index-th word that could
 * stand at line[word_start]; NULL after the last. Valid until the next call.
 */
const char *completion_candidate(void *context, const char *line,
				 size_t word_start, size_t index);
