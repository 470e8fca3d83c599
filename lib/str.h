/* Strings beyond the C library's, and the ASCII character classes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Copies src to dst, cut to size bytes including the terminator, which is
 * always written unless size is 0. Returns strlen(src): if that is >= size, the
 * copy was cut.
 */
size_t str_copy(char *dst, size_t size, const char *src);

/* strlen(s), but reads at most max bytes and returns at most max. */
size_t str_nlen(const char *s, size_t max);

bool str_starts(const char *s, const char *prefix);
bool str_equal(const char *a, const char *b);
/* Whether the words are somewhere in s; "" always is. */
bool str_contains(const char *s, const char *words);
/* As str_equal(), but A-Z equal a-z. */
bool str_equal_nocase(const char *a, const char *b);

/* For ASCII characters only; a blank is a space or a tab. */
bool str_is_digit(char c);
bool str_is_blank(char c);
bool str_is_print(char c);

/* The value of a hex digit of either case, or -1. */
int str_hex_value(char c);
