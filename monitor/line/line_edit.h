/*
 * A line editor for terminals that know only backspace, carriage return,
 * newline and bell. Pure: bytes come in by line_edit_feed(), text goes out by a
 * callback, and it never waits.
 *
 * Keys: arrows, Home, End, Delete, Backspace; ^A ^E ^B ^F ^P ^N ^D as in Emacs;
 * ^W ^U ^K (delete the word before, all before, all behind the cursor); ^L
 * (draw again), ^C (drop the line), TAB (complete), Shift with PgUp and PgDn.
 */
#pragma once

#include "lib/types.h"
#include "monitor/line/line_keys.h"

#define LINE_EDIT_MAX 512    /* characters in a line */
#define LINE_EDIT_HISTORY 16 /* lines remembered */
#define LINE_EDIT_COLUMNS 80 /* the narrowest terminal drawn for */
#define LINE_EDIT_WORD 63    /* of a word that is completed, so many letters */

enum line_edit_event {
	LINE_EDIT_MORE,	    /* nothing to do yet */
	LINE_EDIT_LINE,	    /* a line has ended: line_edit_text() has it */
	LINE_EDIT_BREAK,    /* ^C: the line was dropped */
	LINE_EDIT_TOO_LONG, /* the line has ended, but is not all there: see
			       line_edit_refused() */
};

struct line_edit_ops {
	/* n characters: printable, '\b', '\r', '\n' (a new row) or '\a'. */
	void (*emit)(void *context, const char *text, size_t n);
	/*
	 * The index-th word that may stand at line[word_start], NULL after the
	 * last one; the editor takes those that begin with the typed letters.
	 * A word is valid until the next call. NULL: nothing is completed.
	 */
	const char *(*candidate)(void *context, const char *line,
				 size_t word_start, size_t index);
	/*
	 * The person wants to see earlier text (back) or later text. May be
	 * NULL.
	 */
	void (*scroll)(void *context, bool back);
};

struct line_edit {
	const struct line_edit_ops *ops;
	void *context;
	const char *prompt;
	struct line_keys keys;

	char text[LINE_EDIT_MAX + 1];
	size_t refused; /* characters typed without room */
	size_t length;
	size_t cursor;

	bool windowed; /* only text[first .. first + shown) is drawn */
	size_t first;
	size_t shown;

	char history[LINE_EDIT_HISTORY][LINE_EDIT_MAX + 1];
	size_t history_next; /* lines remembered since the start */
	size_t history_back; /* how far back the shown line is; 0: none */
	char draft[LINE_EDIT_MAX + 1]; /* the typed line meanwhile */
};

void line_edit_init(struct line_edit *edit, const struct line_edit_ops *ops,
		    void *context, const char *prompt);

/*
 * Draws the prompt and begins an empty line: at the start, and after each
 * event.
 */
void line_edit_start(struct line_edit *edit);

/*
 * Takes a byte. A byte without meaning rings the bell, and so does the first
 * character without room.
 */
enum line_edit_event line_edit_feed(struct line_edit *edit, u8 byte);

/* How many characters of the ended line were beyond LINE_EDIT_MAX. */
size_t line_edit_refused(const struct line_edit *edit);

/* The ended line, terminated. Valid until line_edit_start(). */
const char *line_edit_text(const struct line_edit *edit);
