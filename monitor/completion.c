/* Asks the commands' own descriptions. On the boot core. */
#include "monitor/completion.h"

#include "lib/str.h"
#include "lib/string.h"
#include "monitor/command.h"

#define WORD_BYTES 64

/* The command that the line begins with, or NULL. */
static const struct command *command_of(const char *line)
{
	char name[WORD_BYTES];
	size_t length = 0;

	while (str_is_blank(*line)) {
		line++;
	}
	while (line[length] != '\0' && !str_is_blank(line[length]) &&
	       length < sizeof(name) - 1) {
		name[length] = line[length];
		length++;
	}
	name[length] = '\0';
	return command_find(name);
}

/* The index-th of a list like "cpu put* board", as "cpu=". */
static const char *option(const char *keys, size_t index)
{
	static char word[WORD_BYTES];

	while (keys != NULL && *keys != '\0') {
		size_t length = 0;

		while (keys[length] != '\0' && keys[length] != ' ') {
			length++;
		}
		if (index-- == 0) {
			size_t shown = MIN(length, sizeof(word) - 2);

			memcpy(word, keys, shown);
			if (shown != 0 && word[shown - 1] == '*') {
				shown--;
			}
			word[shown] = '=';
			word[shown + 1] = '\0';
			return word;
		}
		keys += length;
		while (*keys == ' ') {
			keys++;
		}
	}
	return NULL;
}

static size_t words_of(const struct command *command)
{
	size_t count = 0;

	while (command->word != NULL && command->word(count) != NULL) {
		count++;
	}
	return count;
}

const char *completion_candidate(void *context, const char *line,
				 size_t word_start, size_t index)
{
	const struct command *command;
	size_t words;

	(void)context;
	for (size_t i = 0; i < word_start && str_is_blank(line[i]); i++) {
		if (i + 1 == word_start) {
			return command_name_nth(index);
		}
	}
	if (word_start == 0) {
		return command_name_nth(index);
	}
	command = command_of(line);
	if (command == NULL) {
		return NULL;
	}
	words = words_of(command);
	return index < words ? command->word(index)
			     : option(command->keys, index - words);
}
