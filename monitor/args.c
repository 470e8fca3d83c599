/*
 * Splitting a command line and reading its words. Knows the forms that values
 * take, not what any command means by them. Called by command.c and by the
 * commands.
 */
#include "monitor/args.h"

#include "lib/fmt.h"
#include "lib/parse.h"
#include "lib/string.h"

/* Longest piece of what was typed that a message repeats. */
#define SHOWN 24

int args_fail(struct args *args, int err, const char *fmt, ...)
{
	va_list list;

	va_start(list, fmt);
	fmt_vsnprintf(args->error, sizeof(args->error), fmt, list);
	va_end(list);
	return err;
}

/* Length of the key of "key=value", 0 for a plain word. */
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

/* Looks a key up in the list of args_check(); *repeats tells of its '*'. */
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
		int shown = (int)MIN(length, (size_t)SHOWN);
		bool repeats = false;

		if (length == 0) {
			continue;
		}
		if (!key_allowed(keys, key, length, &repeats)) {
			return args_fail(args, ERR_INVALID,
					 "unknown option '%.*s'; command %.*s; "
					 "'help %.*s' shows what it takes",
					 shown, key, SHOWN, name, SHOWN, name);
		}
		if (!repeats && key_seen_before(args, i)) {
			return args_fail(
				args, ERR_INVALID,
				"option '%.*s' given twice; command %.*s; "
				"give it once",
				shown, key, SHOWN, name);
		}
	}
	if (words > max) {
		return args_fail(args, ERR_INVALID,
				 "'%.*s' is one word too many; command %.*s; "
				 "'help %.*s' shows what it takes",
				 SHOWN, args_positional(args, max), SHOWN, name,
				 SHOWN, name);
	}
	if (words < min) {
		return args_fail(args, ERR_INVALID,
				 "%u of %u words missing; command %.*s; "
				 "'help %.*s' shows what it takes",
				 min - words, min, SHOWN, name, SHOWN, name);
	}
	return 0;
}

/* A number's base, in the words of messages. */
struct base {
	int (*parse)(const char *s, u64 *out);
	const char *name;
};

static const struct base base_hex = {
	.parse = parse_hex,
	.name = "hex",
};

static const struct base base_dec = {
	.parse = parse_dec,
	.name = "decimal",
};

/* what is "option ax" or "address"; it becomes the message's where. */
static int number(struct args *args, const struct base *base, const char *text,
		  const char *what, u64 max, u64 *value)
{
	char remedy[64];
	u64 parsed = 0;
	int err = base->parse(text, &parsed);

	fmt_snprintf(remedy, sizeof(remedy),
		     base == &base_hex ? "give hex digits, at most %llx"
				       : "give a decimal number, at most %llu",
		     (unsigned long long)max);
	if (err == ERR_INVALID) {
		return args_fail(args, err, "'%.*s' is not a %s number; %s; %s",
				 SHOWN, text, base->name, what, remedy);
	}
	if (err < 0 || parsed > max) {
		return args_fail(args, ERR_RANGE, "%.*s is too large; %s; %s",
				 SHOWN, text, what, remedy);
	}
	*value = parsed;
	return 0;
}

static int option_number(struct args *args, const struct base *base,
			 const char *key, u64 max, u64 *value)
{
	const char *text = args_value(args, key);
	char what[32];
	int err;

	if (text == NULL) {
		return 0;
	}
	fmt_snprintf(what, sizeof(what), "option %s", key);
	err = number(args, base, text, what, max, value);
	return err < 0 ? err : 1;
}

int args_hex(struct args *args, const char *key, u64 max, u64 *value)
{
	return option_number(args, &base_hex, key, max, value);
}

int args_dec(struct args *args, const char *key, u64 max, u64 *value)
{
	return option_number(args, &base_dec, key, max, value);
}

static int positional_number(struct args *args, const struct base *base,
			     unsigned i, const char *what, u64 max, u64 *value)
{
	const char *text = args_positional(args, i);

	if (text == NULL) {
		return args_fail(args, ERR_INVALID,
				 "%s missing; command %.*s; 'help %.*s' shows "
				 "what it takes",
				 what, SHOWN, args_name(args), SHOWN,
				 args_name(args));
	}
	return number(args, base, text, what, max, value);
}

int args_positional_hex(struct args *args, unsigned i, const char *what,
			u64 max, u64 *value)
{
	return positional_number(args, &base_hex, i, what, max, value);
}

int args_positional_dec(struct args *args, unsigned i, const char *what,
			u64 max, u64 *value)
{
	return positional_number(args, &base_dec, i, what, max, value);
}

/*
 * Reads the hex number before a separator; *rest is what follows it. The form
 * is for the message: "SEG:OFF".
 */
static int number_before(struct args *args, const char *key, const char *text,
			 char separator, const char *form, u64 max, u64 *value,
			 const char **rest)
{
	const char *end = strchr(text, separator);
	char digits[24];
	char what[32];

	if (end == NULL || end == text ||
	    (size_t)(end - text) >= sizeof(digits)) {
		return args_fail(args, ERR_INVALID,
				 "'%.*s' is not of the form %s; option %s; "
				 "give %s=%s",
				 SHOWN, text, form, key, key, form);
	}
	memcpy(digits, text, (size_t)(end - text));
	digits[end - text] = '\0';
	*rest = end + 1;
	fmt_snprintf(what, sizeof(what), "option %s", key);
	return number(args, &base_hex, digits, what, max, value);
}

/* key: the option, or what the word is. Returns 1. */
static int far_number(struct args *args, const char *key, const char *text,
		      u16 *segment, u16 *offset)
{
	const char *rest = NULL;
	char what[32];
	u64 high = 0;
	u64 low = 0;
	int err;

	err = number_before(args, key, text, ':', "SEG:OFF", 0xffff, &high,
			    &rest);
	if (err < 0) {
		return err;
	}
	fmt_snprintf(what, sizeof(what), "option %s", key);
	err = number(args, &base_hex, rest, what, 0xffff, &low);
	if (err < 0) {
		return err;
	}
	*segment = (u16)high;
	*offset = (u16)low;
	return 1;
}

int args_far(struct args *args, const char *key, u16 *segment, u16 *offset)
{
	const char *text = args_value(args, key);

	return text == NULL ? 0 : far_number(args, key, text, segment, offset);
}

int args_positional_far(struct args *args, unsigned i, const char *what,
			u16 *segment, u16 *offset)
{
	const char *text = args_positional(args, i);
	int err;

	if (text == NULL) {
		return args_fail(args, ERR_INVALID,
				 "no %s; command %s; give it as SEG:OFF", what,
				 args_name(args));
	}
	err = far_number(args, what, text, segment, offset);
	return err < 0 ? err : 0;
}

int args_choice(struct args *args, const char *key, const char *choices,
		unsigned *index)
{
	const char *text = args_value(args, key);
	const char *choice = choices;

	if (text == NULL) {
		return 0;
	}
	for (unsigned i = 0; *choice != '\0'; i++) {
		const char *end = strchr(choice, '|');
		size_t n =
			end == NULL ? strlen(choice) : (size_t)(end - choice);

		if (n == strlen(text) && strncmp(choice, text, n) == 0) {
			*index = i;
			return 1;
		}
		choice += n + (end == NULL ? 0 : 1);
	}
	return args_fail(args, ERR_INVALID,
			 "'%.*s' is no choice; option %s; give %s=%s", SHOWN,
			 text, key, key, choices);
}

static bool list_has(const u32 *list, u32 used, u64 value)
{
	for (u32 i = 0; i < used; i++) {
		if (list[i] == value) {
			return true;
		}
	}
	return false;
}

int args_list(struct args *args, const char *key, u32 count, u32 *list,
	      u32 *used)
{
	const char *text = args_value(args, key);
	const char *next = text;

	if (text == NULL) {
		return 0;
	}
	*used = 0;
	if (str_equal(text, "all")) {
		while (*used < count) {
			list[*used] = *used;
			(*used)++;
		}
		return 1;
	}
	do {
		const char *end = strchr(next, ',');
		size_t n = end == NULL ? strlen(next) : (size_t)(end - next);
		char digits[12] = "";
		u64 value = 0;

		memcpy(digits, next, MIN(n, sizeof(digits) - 1));
		if (n >= sizeof(digits) || parse_dec(digits, &value) != 0 ||
		    value >= count || list_has(list, *used, value)) {
			return args_fail(args, ERR_INVALID,
					 "'%.*s' is no list; option %s; give "
					 "different numbers below %u with ',' "
					 "between, or all",
					 SHOWN, text, key, count);
		}
		list[(*used)++] = (u32)value;
		next = end == NULL ? NULL : end + 1;
	} while (next != NULL);
	return 1;
}

int args_put(struct args *args, const char *key, unsigned n, u64 max_address,
	     u64 *address, u8 *bytes, size_t size, size_t *count)
{
	const char *text = args_value_nth(args, key, n);
	const char *rest = NULL;
	int err;

	if (text == NULL) {
		return 0;
	}
	err = number_before(args, key, text, ':', "HEXADDR:HEXBYTES",
			    max_address, address, &rest);
	if (err < 0) {
		return err;
	}
	err = parse_hex_bytes(rest, bytes, size, count);
	if (err == ERR_RANGE) {
		return args_fail(args, err,
				 "more than %zu bytes; option %s; give the rest "
				 "by another %s=",
				 size, key, key);
	}
	if (err < 0) {
		return args_fail(
			args, err,
			"'%.*s' are not bytes; option %s; give pairs of "
			"hex digits",
			SHOWN, rest, key);
	}
	return 1;
}

int args_get(struct args *args, const char *key, unsigned n, u64 max_address,
	     u64 *address, u64 max_length, u64 *length)
{
	const char *text = args_value_nth(args, key, n);
	const char *rest = NULL;
	char what[32];
	int err;

	if (text == NULL) {
		return 0;
	}
	err = number_before(args, key, text, ',', "HEXADDR,LEN", max_address,
			    address, &rest);
	if (err < 0) {
		return err;
	}
	fmt_snprintf(what, sizeof(what), "option %s", key);
	err = number(args, &base_dec, rest, what, max_length, length);
	if (err < 0) {
		return err;
	}
	if (*length == 0) {
		return args_fail(args, ERR_RANGE,
				 "a length of 0; option %s; give 1 to %llu",
				 key, (unsigned long long)max_length);
	}
	return 1;
}
