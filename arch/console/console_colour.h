/*
 * Which words of the console's lines have a colour: verdicts, errors, panics.
 * Pure.
 */
#pragma once

#include "lib/types.h"

enum colour {
	COLOUR_NONE, /* as the rest of the text */
	COLOUR_RED,
	COLOUR_GREEN,
	COLOUR_YELLOW,
};

/* The word color= of the kernel command line. */
enum console_colours {
	CONSOLE_COLOURS_AUTO, /* on the screen: who knows the terminal? */
	CONSOLE_COLOURS_ON,
	CONSOLE_COLOURS_OFF,
};

/*
 * Looks for such a word in the n characters of text, whose first begins a line
 * if line_start is set. Returns its colour and where it is, or COLOUR_NONE.
 */
enum colour console_colour_find(const char *text, size_t n, bool line_start,
				size_t *at, size_t *length);

/* The escape sequence (ECMA-48, SGR) that begins a colour, or ends all. */
const char *console_colour_sequence(enum colour colour);
