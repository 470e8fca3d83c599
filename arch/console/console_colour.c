/*
 * The words and their colours. Called by the console with what it writes, under
 * its lock.
 */
/* build: pure */
#include "arch/console/console_colour.h"

#include "lib/string.h"

/* Lines of the log begin with "[", seconds, core and "] ". */
#define LOG_PREFIX_MAX 32

static const struct {
	const char *word;
	enum colour colour;
} words[] = {
	{ "PASS:", COLOUR_GREEN },  { "FAIL:", COLOUR_RED },
	{ "SKIP:", COLOUR_YELLOW }, { "error:", COLOUR_RED },
	{ "panic:", COLOUR_RED },   { "warning:", COLOUR_YELLOW },
};

/* Length of a log line's prefix, 0 if it has none. */
static size_t log_prefix(const char *text, size_t n)
{
	for (size_t i = 1;
	     text[0] == '[' && i + 1 < MIN(n, (size_t)LOG_PREFIX_MAX); i++) {
		if (text[i] == ']' && text[i + 1] == ' ') {
			return i + 2;
		}
	}
	return 0;
}

/* Of a line's n first characters; without the colon. */
static enum colour find_in_line(const char *text, size_t n, size_t *at,
				size_t *length)
{
	*at = log_prefix(text, n);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t word = strlen(words[i].word);

		if (n - *at >= word &&
		    memcmp(text + *at, words[i].word, word) == 0) {
			*length = word - 1;
			return words[i].colour;
		}
	}
	return COLOUR_NONE;
}

enum colour console_colour_find(const char *text, size_t n, bool line_start,
				size_t *at, size_t *length)
{
	for (size_t i = 0; i < n; i++) {
		enum colour colour;

		if (i != 0 ? text[i - 1] != '\n' : !line_start) {
			continue;
		}
		colour = find_in_line(text + i, n - i, at, length);
		if (colour != COLOUR_NONE) {
			*at += i;
			return colour;
		}
	}
	return COLOUR_NONE;
}

const char *console_colour_sequence(enum colour colour)
{
	static const char *const sequences[] = {
		[COLOUR_NONE] = "\033[0m",
		[COLOUR_RED] = "\033[31m",
		[COLOUR_GREEN] = "\033[32m",
		[COLOUR_YELLOW] = "\033[33m",
	};

	return sequences[colour];
}
