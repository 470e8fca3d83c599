/* Reads numbers, byte strings and words that a person or a script typed. */
#pragma once

#include "lib/error.h"
#include "lib/types.h"

/*
 * The whole of s must be one number: no sign, no blanks. Hex may begin with 0x.
 * Return 0; ERR_INVALID if it is not a number; ERR_RANGE if it does not fit
 * 64 bits. *out is written only on success.
 */
int parse_hex(const char *s, u64 *out);
int parse_dec(const char *s, u64 *out);

/*
 * Reads pairs of hex digits, with blanks allowed between the pairs, into buf.
 * *count is the number of bytes read. Returns 0; ERR_INVALID for no pair at
 * all, a lone digit or another character; ERR_RANGE for more than size bytes.
 */
int parse_hex_bytes(const char *s, u8 *buf, size_t size, size_t *count);

/*
 * Takes the next word off *cursor: words are separated by blanks and newlines,
 * "double quotes" anywhere in a word protect blanks and are removed, and \" \'
 * \\ stand for the second character (GRUB puts them that way into the command
 * line it hands over). "" is an empty word.
 * Returns 1 with the word in buf; 0 with "" at the end of the text; ERR_INVALID
 * for a quote that does not end (the text is then used up); ERR_RANGE for a
 * word longer than size - 1 bytes (buf holds its beginning, the cursor is
 * behind it). size must not be 0.
 */
int parse_word(const char **cursor, char *buf, size_t size);

/* Whether s begins with \" \' or \\, which stand for their second character. */
bool parse_is_escape(const char *s);

/* The value of "name=value"; NULL if word is not that. */
const char *parse_option(const char *word, const char *name);
