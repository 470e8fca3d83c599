/*
 * Finds where a script's lines and commands end. Called by monitor/script.c.
 * Pure.
 */
/* build: pure */
#include "monitor/script_lines.h"

#include "lib/parse.h"
#include "lib/str.h"

void script_copy_line(char *line, const char *text, size_t bytes)
{
	size_t n = 0;

	while (bytes != 0 && str_is_blank(*text)) {
		text++;
		bytes--;
	}
	while (bytes != 0 &&
	       (str_is_blank(text[bytes - 1]) || text[bytes - 1] == '\r')) {
		bytes--;
	}
	for (; n < MIN(bytes, (size_t)SCRIPT_LINE_SIZE - 1); n++) {
		bool fits = str_is_print(text[n]) || str_is_blank(text[n]);

		line[n] = fits ? text[n] : '?';
	}
	line[n] = '\0';
}

size_t script_command_length(const char *text)
{
	bool quoted = false;
	size_t n = 0;

	for (; text[n] != '\0' && (quoted || text[n] != ';'); n++) {
		if (text[n] == '"') {
			quoted = !quoted;
		} else if (parse_is_escape(text + n)) {
			n++;
		}
	}
	return n;
}
