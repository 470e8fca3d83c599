/*
 * Reads the values of a command line: numbers, SEG:OFF, choices, lists, bytes.
 * Knows none of the commands, which call it, on the boot core.
 */
/* build: pure */
#include "monitor/line/args.h"

#include "lib/fmt.h"
#include "lib/parse.h"
#include "lib/str.h"
#include "lib/string.h"

/* A base, and its name in messages. */
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

/* Reads a number. what: "option ax" or "address", the message's where. */
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
				 ARGS_SHOWN, text, base->name, what, remedy);
	}
	if (err < 0 || parsed > max) {
		return args_fail(args, ERR_RANGE, "%.*s is too large; %s; %s",
				 ARGS_SHOWN, text, what, remedy);
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
				 what, ARGS_SHOWN, args_name(args), ARGS_SHOWN,
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
 * Reads the hex number before a separator; *rest is set behind that. form, such
 * as "SEG:OFF", is for the message.
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
				 ARGS_SHOWN, text, form, key, key, form);
	}
	memcpy(digits, text, (size_t)(end - text));
	digits[end - text] = '\0';
	*rest = end + 1;
	fmt_snprintf(what, sizeof(what), "option %s", key);
	return number(args, &base_hex, digits, what, max, value);
}

/* Reads SEG:OFF. key: the option, or the word's name. Returns 1. */
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
			 "'%.*s' is no choice; option %s; give %s=%s",
			 ARGS_SHOWN, text, key, key, choices);
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
					 ARGS_SHOWN, text, key, count);
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
			ARGS_SHOWN, rest, key);
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
