/*
 * Splits a command line into words, and checks which of them a command may
 * have. monitor/line/args_values.c reads the values. Called by command.c and by
 * the commands, on the boot core.
 */
/* build: pure */
#include "monitor/line/args.h"

#include "lib/fmt.h"
#include "lib/parse.h"
#include "lib/str.h"
#include "lib/string.h"

int args_fail(struct args *args, int err, const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	fmt_vsnprintf(args->error, sizeof(args->error), fmt, list);
	va_end(list);
	return err;
}

/* The length of the key of "key=value"; 0 for a plain word. */
static size_t key_length(const char *word)
{
	const char *equals = strchr(word, '=');

	return equals == NULL ? 0 : (size_t)(equals - word);
}

int args_parse(struct args *args, const char *line)
{
	const char *cursor = line;
	size_t used = 0;

	args->count = 0;
	args->error[0] = '\0';
	args->text[0] = '\0';
	if (str_nlen(line, ARGS_LINE_MAX + 1) > ARGS_LINE_MAX) {
		return args_fail(
			args, ERR_RANGE,
			"the line is too long; more than %d characters; "
			"split it into several commands",
			ARGS_LINE_MAX);
	}
	for (;;) {
		char *word = args->text + used;
		int err = parse_word(&cursor, word, sizeof(args->text) - used);

		if (err == 0) {
			return (int)args->count;
		}
		if (err < 0) {
			return args_fail(
				args, err,
				"a quote does not end; word %u; add the "
				"closing \"",
				args->count + 1);
		}
		if (args->count == ARGS_WORDS_MAX) {
			return args_fail(
				args, ERR_RANGE,
				"too many words; more than %d; split the "
				"line into several commands",
				ARGS_WORDS_MAX);
		}
		args->word[args->count] = (u16)used;
		args->key[args->count] = (u16)key_length(word);
		args->count++;
		used += strlen(word) + 1;
	}
}

static const char *word_at(const struct args *args, unsigned i)
{
	return args->text + args->word[i];
}

const char *args_name(const struct args *args)
{
	return args->count == 0 ? "" : word_at(args, 0);
}

unsigned args_positionals(const struct args *args)
{
	unsigned n = 0;

	for (unsigned i = 1; i < args->count; i++) {
		n += args->key[i] == 0;
	}
	return n;
}

const char *args_positional(const struct args *args, unsigned i)
{
	for (unsigned j = 1; j < args->count; j++) {
		if (args->key[j] == 0 && i-- == 0) {
			return word_at(args, j);
		}
	}
	return NULL;
}

const char *args_value_nth(const struct args *args, const char *key, unsigned n)
{
	size_t length = strlen(key);

	for (unsigned i = 1; i < args->count; i++) {
		const char *word = word_at(args, i);

		if (args->key[i] == length && strncmp(word, key, length) == 0 &&
		    n-- == 0) {
			return word + length + 1;
		}
	}
	return NULL;
}

const char *args_value(const struct args *args, const char *key)
{
	return args_value_nth(args, key, 0);
}

/*
 * Whether a key is in the list of args_check(); *repeats: whether it has a '*'.
 */
static bool key_allowed(const char *keys, const char *key, size_t length,
			bool *repeats)
{
	while (keys != NULL && *keys != '\0') {
		size_t n = 0;

		while (keys[n] != '\0' && keys[n] != ' ' && keys[n] != '*') {
			n++;
		}
		*repeats = keys[n] == '*';
		if (n == length && strncmp(keys, key, n) == 0) {
			return true;
		}
		keys += n + (*repeats ? 1 : 0);
		while (*keys == ' ') {
			keys++;
		}
	}
	return false;
}

static bool key_seen_before(const struct args *args, unsigned i)
{
	size_t length = args->key[i];

	for (unsigned j = 1; j < i; j++) {
		if (args->key[j] == length &&
		    strncmp(word_at(args, j), word_at(args, i), length) == 0) {
			return true;
		}
	}
	return false;
}

int args_check(struct args *args, const char *keys, unsigned min, unsigned max)
{
	const char *name = args_name(args);
	unsigned words = args_positionals(args);

	for (unsigned i = 1; i < args->count; i++) {
		const char *key = word_at(args, i);
		size_t length = args->key[i];
		int shown = (int)MIN(length, (size_t)ARGS_SHOWN);
		bool repeats = false;

		if (length == 0) {
			continue;
		}
		if (!key_allowed(keys, key, length, &repeats)) {
			return args_fail(args, ERR_INVALID,
					 "unknown option '%.*s'; command %.*s; "
					 "'help %.*s' shows what it takes",
					 shown, key, ARGS_SHOWN, name,
					 ARGS_SHOWN, name);
		}
		if (!repeats && key_seen_before(args, i)) {
			return args_fail(
				args, ERR_INVALID,
				"option '%.*s' given twice; command %.*s; "
				"give it once",
				shown, key, ARGS_SHOWN, name);
		}
	}
	if (words > max) {
		return args_fail(args, ERR_INVALID,
				 "'%.*s' is one word too many; command %.*s; "
				 "'help %.*s' shows what it takes",
				 ARGS_SHOWN, args_positional(args, max),
				 ARGS_SHOWN, name, ARGS_SHOWN, name);
	}
	if (words < min) {
		return args_fail(args, ERR_INVALID,
				 "%u of %u words missing; command %.*s; "
				 "'help %.*s' shows what it takes",
				 min - words, min, ARGS_SHOWN, name, ARGS_SHOWN,
				 name);
	}
	return 0;
}
