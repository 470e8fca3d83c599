/* Reads numbers, byte strings and words from text. Pure; trusts no input. */
/* build: pure */
#include "lib/parse.h"

#include "lib/str.h"
#include "lib/string.h"

/* Reads digits of one base up to the end of s. */
static int parse_digits(const char *s, unsigned base, u64 *out)
{
	u64 value = 0;
	bool overflow = false;

	if (*s == '\0') {
		return ERR_INVALID;
	}
	for (; *s != '\0'; s++) {
		int digit = str_hex_value(*s);

		if (digit < 0 || (unsigned)digit >= base) {
			return ERR_INVALID;
		}
		overflow |= __builtin_mul_overflow(value, base, &value);
		overflow |=
			__builtin_add_overflow(value, (unsigned)digit, &value);
	}
	if (overflow) {
		return ERR_RANGE;
	}
	*out = value;
	return 0;
}

int parse_hex(const char *s, u64 *out)
{
	if (str_starts(s, "0x") || str_starts(s, "0X")) {
		s += 2;
	}
	return parse_digits(s, 16, out);
}

int parse_dec(const char *s, u64 *out)
{
	return parse_digits(s, 10, out);
}

int parse_hex_bytes(const char *s, u8 *buf, size_t size, size_t *count)
{
	size_t n = 0;

	*count = 0;
	for (;;) {
		int high;
		int low;

		while (str_is_blank(*s)) {
			s++;
		}
		if (*s == '\0') {
			break;
		}
		high = str_hex_value(s[0]);
		low = high < 0 ? -1 : str_hex_value(s[1]);
		if (low < 0) {
			return ERR_INVALID;
		}
		if (n == size) {
			return ERR_RANGE;
		}
		buf[n++] = (u8)(high << 4 | low);
		s += 2;
	}
	*count = n;
	return n == 0 ? ERR_INVALID : 0;
}

static bool is_separator(char c)
{
	return str_is_blank(c) || c == '\n' || c == '\r';
}

bool parse_is_escape(const char *s)
{
	return s[0] == '\\' && (s[1] == '"' || s[1] == '\'' || s[1] == '\\');
}

int parse_word(const char **cursor, char *buf, size_t size)
{
	const char *s = *cursor;
	size_t n = 0;
	bool quoted = false;
	bool cut = false;

	while (is_separator(*s)) {
		s++;
	}
	if (*s == '\0') {
		*cursor = s;
		buf[0] = '\0';
		return 0;
	}
	for (; *s != '\0' && (quoted || !is_separator(*s)); s++) {
		if (*s == '"') {
			quoted = !quoted;
			continue;
		}
		if (parse_is_escape(s)) {
			s++;
		}
		if (n < size - 1) {
			buf[n++] = *s;
		} else {
			cut = true;
		}
	}
	buf[n] = '\0';
	*cursor = s;
	if (quoted) {
		return ERR_INVALID;
	}
	return cut ? ERR_RANGE : 1;
}

const char *parse_option(const char *word, const char *name)
{
	size_t n = strlen(name);

	if (strncmp(word, name, n) != 0 || word[n] != '=') {
		return NULL;
	}
	return word + n + 1;
}
