/*
 * Turns the bytes that a terminal sends into keys. Pure; knows nothing of
 * lines.
 */
#pragma once

#include "lib/types.h"

enum line_key {
	LINE_KEY_NONE,	  /* no key is complete yet */
	LINE_KEY_UNKNOWN, /* a key without meaning here */
	LINE_KEY_CHAR,	  /* printable ASCII: the byte itself */
	LINE_KEY_ENTER,	  /* CR, LF, or CR LF as one */
	LINE_KEY_BREAK,	  /* ^C */
	LINE_KEY_UP,
	LINE_KEY_DOWN,
	LINE_KEY_LEFT,
	LINE_KEY_RIGHT,
	LINE_KEY_HOME,
	LINE_KEY_END,
	LINE_KEY_DELETE,    /* deletes the character under the cursor */
	LINE_KEY_BACKSPACE, /* deletes the one before the cursor */
	LINE_KEY_KILL_WORD,
	LINE_KEY_KILL_LEFT,
	LINE_KEY_KILL_RIGHT,
	LINE_KEY_COMPLETE,
	LINE_KEY_REDRAW,
	LINE_KEY_SCROLL_BACK, /* Shift and PgUp */
	LINE_KEY_SCROLL_ON,
};

/* All zero at first. */
struct line_keys {
	u8 escape;	 /* how far an escape sequence has come */
	u8 parameter[2]; /* its first two numbers */
	u8 parameters;	 /* how many of them are complete */
	bool after_cr;	 /* a LF now belongs to the CR before it */
};

/* Takes a byte; a sequence may come in any number of pieces. */
enum line_key line_keys_feed(struct line_keys *keys, u8 byte);
