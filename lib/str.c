/*
 * Strings beyond the C library's. Pure; linked into the kernel and into the
 * unit tests alike.
 */
/* build: pure */
#include "lib/str.h"

#include "lib/string.h"

size_t str_copy(char *dst, size_t size, const char *src)
{
	size_t length = strlen(src);

	if (size > 0) {
		size_t n = length < size ? length : size - 1;

		memcpy(dst, src, n);
		dst[n] = '\0';
	}
	return length;
}

size_t str_nlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n] != '\0') {
		n++;
	}
	return n;
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_contains(const char *s, const char *words)
{
	do {
		if (str_starts(s, words)) {
			return true;
		}
	} while (*s++ != '\0');
	return false;
}

bool str_equal(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static char to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_equal_nocase(const char *a, const char *b)
{
	while (to_lower(*a) == to_lower(*b)) {
		if (*a == '\0') {
			return true;
		}
		a++;
		b++;
	}
	return false;
}

bool str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool str_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool str_is_print(char c)
{
	return c >= ' ' && c <= '~';
}

int str_hex_value(char c)
{
	char lower = to_lower(c);

	if (str_is_digit(c)) {
		return c - '0';
	}
	if (lower >= 'a' && lower <= 'f') {
		return lower - 'a' + 10;
	}
	return -1;
}
