/*
 * Decodes control characters and the escape sequences of xterm, VT220 and the
 * Linux console. Called by line_edit.c with each byte.
 */
/* build: pure */
#include "monitor/line/line_keys.h"

#define CTRL(letter) ((letter)&0x1f)
#define ESC 0x1b
#define DEL 0x7f

enum escape_state {
	ESCAPE_NONE,
	ESCAPE_SEEN,   /* ESC */
	ESCAPE_CSI,    /* ESC [ and its parameters */
	ESCAPE_SINGLE, /* ESC O, the form of arrows in application mode */
};

#define WITH_SHIFT 2

/* The numbers in ESC [ number ; modifier ~ */
static enum line_key numbered_key(u8 number, u8 modifier)
{
	switch (number) {
	case 1:
	case 7:
		return LINE_KEY_HOME;
	case 4:
	case 8:
		return LINE_KEY_END;
	case 3:
		return LINE_KEY_DELETE;
	case 5:
		return modifier == WITH_SHIFT ? LINE_KEY_SCROLL_BACK
					      : LINE_KEY_UNKNOWN;
	case 6:
		return modifier == WITH_SHIFT ? LINE_KEY_SCROLL_ON
					      : LINE_KEY_UNKNOWN;
	default:
		return LINE_KEY_UNKNOWN;
	}
}

static enum line_key final_key(u8 final, const u8 parameter[2])
{
	switch (final) {
	case 'A':
		return LINE_KEY_UP;
	case 'B':
		return LINE_KEY_DOWN;
	case 'C':
		return LINE_KEY_RIGHT;
	case 'D':
		return LINE_KEY_LEFT;
	case 'H':
		return LINE_KEY_HOME;
	case 'F':
		return LINE_KEY_END;
	case '~':
		return numbered_key(parameter[0], parameter[1]);
	default:
		return LINE_KEY_UNKNOWN;
	}
}

static enum line_key feed_escape(struct line_keys *keys, u8 byte)
{
	u8 state = keys->escape;

	if (state == ESCAPE_SEEN && (byte == '[' || byte == 'O')) {
		keys->escape = byte == '[' ? ESCAPE_CSI : ESCAPE_SINGLE;
		keys->parameter[0] = 0;
		keys->parameter[1] = 0;
		keys->parameters = 0;
		return LINE_KEY_NONE;
	}
	if (state == ESCAPE_CSI && byte < '@') {
		if (keys->parameters >= ARRAY_SIZE(keys->parameter)) {
			return LINE_KEY_NONE;
		}
		if (byte < '0' || byte > '9') {
			keys->parameters++;
		} else {
			u8 *parameter = &keys->parameter[keys->parameters];
			unsigned number = *parameter * 10u + byte - '0';

			*parameter = (u8)MIN(number, 255u);
		}
		return LINE_KEY_NONE;
	}
	keys->escape = ESCAPE_NONE;
	if (state == ESCAPE_SEEN) {
		return LINE_KEY_UNKNOWN;
	}
	return final_key(byte, keys->parameter);
}

static enum line_key control_key(u8 byte)
{
	switch (byte) {
	case '\r':
	case '\n':
		return LINE_KEY_ENTER;
	case CTRL('C'):
		return LINE_KEY_BREAK;
	case CTRL('P'):
		return LINE_KEY_UP;
	case CTRL('N'):
		return LINE_KEY_DOWN;
	case CTRL('B'):
		return LINE_KEY_LEFT;
	case CTRL('F'):
		return LINE_KEY_RIGHT;
	case CTRL('A'):
		return LINE_KEY_HOME;
	case CTRL('E'):
		return LINE_KEY_END;
	case CTRL('D'):
		return LINE_KEY_DELETE;
	case '\b':
	case DEL:
		return LINE_KEY_BACKSPACE;
	case CTRL('W'):
		return LINE_KEY_KILL_WORD;
	case CTRL('U'):
		return LINE_KEY_KILL_LEFT;
	case CTRL('K'):
		return LINE_KEY_KILL_RIGHT;
	case '\t':
		return LINE_KEY_COMPLETE;
	case CTRL('L'):
		return LINE_KEY_REDRAW;
	default:
		return LINE_KEY_UNKNOWN;
	}
}

enum line_key line_keys_feed(struct line_keys *keys, u8 byte)
{
	bool lf_of_crlf = keys->after_cr && byte == '\n';
	bool printable = byte >= ' ' && byte < DEL;

	keys->after_cr = byte == '\r';
	if (lf_of_crlf) {
		return LINE_KEY_NONE;
	}
	if (byte == ESC) {
		keys->escape = ESCAPE_SEEN;
		return LINE_KEY_NONE;
	}
	if (keys->escape != ESCAPE_NONE && printable) {
		return feed_escape(keys, byte);
	}
	/* Another control character ends a sequence: ESC must not eat Enter. */
	keys->escape = ESCAPE_NONE;
	return printable ? LINE_KEY_CHAR : control_key(byte);
}
