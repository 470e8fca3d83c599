/*
 * The line editor, seen from both ends: what line the keys give, and what a
 * plain terminal shows after each byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/types.h"
#include "monitor/line/line_edit.h"

#define COLUMNS LINE_EDIT_COLUMNS
#define PROMPT "biosphere> "
#define PROMPT_LENGTH (sizeof(PROMPT) - 1)
#define ROOM (COLUMNS - 1 - PROMPT_LENGTH) /* of a row, for the line */

#define UP "\x1b[A"
#define DOWN "\x1b[B"
#define RIGHT "\x1b[C"
#define LEFT "\x1b[D"

/*
 * A terminal of endless length that wraps at the right edge and whose
 * backspace stops at the left one. Only the last rows are kept.
 */
struct terminal {
	char row[COLUMNS + 1];
	char above[4096]; /* the rows above, as they came */
	size_t column;
	unsigned bells;
	size_t bytes;
};

static struct terminal terminal;
static struct line_edit editor;

static void new_row(void)
{
	size_t used = strlen(terminal.above);

	if (used + COLUMNS >= sizeof(terminal.above)) {
		memmove(terminal.above, terminal.above + COLUMNS,
			used - COLUMNS + 1);
		used -= COLUMNS;
	}
	memcpy(terminal.above + used, terminal.row, COLUMNS);
	terminal.above[used + COLUMNS] = '\0';
	memset(terminal.row, ' ', COLUMNS);
}

static void draw(void *context, const char *text, size_t n)
{
	assert_ptr_equal(context, &terminal);
	assert_true(n > 0);
	terminal.bytes += n;
	for (size_t i = 0; i < n; i++) {
		switch (text[i]) {
		case '\a':
			terminal.bells++;
			break;
		case '\b':
			terminal.column -= terminal.column > 0;
			break;
		case '\r':
			terminal.column = 0;
			break;
		case '\n':
			terminal.column = 0;
			new_row();
			break;
		default:
			assert_in_range((unsigned char)text[i], ' ', '~');
			if (terminal.column == COLUMNS) {
				terminal.column = 0;
				new_row();
			}
			terminal.row[terminal.column++] = text[i];
			break;
		}
	}
}

static const char *const words[] = { "memmap",	"modules", "module64",
				     "engine=", "vmx",	   NULL };

static const char *candidate(void *context, const char *line, size_t word_start,
			     size_t index)
{
	(void)context;
	(void)line;
	/* Nothing is known of a third word and those after it. */
	return word_start > 10 ? NULL : words[index];
}

static int scrolled; /* half screens towards the newest */

static void scroll(void *context, bool back)
{
	(void)context;
	scrolled += back ? -1 : 1;
}

static const struct line_edit_ops ops = { draw, candidate, scroll };

static void start_with(const struct line_edit_ops *with)
{
	memset(&terminal, 0, sizeof(terminal));
	memset(terminal.row, ' ', COLUMNS);
	line_edit_init(&editor, with, &terminal, PROMPT);
	line_edit_start(&editor);
}

static int start(void **state)
{
	(void)state;
	start_with(&ops);
	return 0;
}

/* The terminal's row must be what the editor believes to have drawn. */
static void check_screen(void)
{
	size_t first = editor.windowed ? editor.first : 0;
	size_t shown = editor.windowed ? editor.shown : editor.length;
	char want[COLUMNS + 1];

	assert_true(editor.cursor <= editor.length);
	assert_int_equal(strlen(editor.text), editor.length);
	if (shown > ROOM) {
		/* Wrapped by the terminal: all of it stands there in a row. */
		char all[sizeof(terminal.above) + COLUMNS + 1];
		char *tail;

		assert_false(editor.windowed);
		assert_int_equal(editor.cursor, editor.length);
		memcpy(all, terminal.above, strlen(terminal.above));
		tail = all + strlen(terminal.above);
		memcpy(tail, terminal.row, terminal.column);
		tail += terminal.column;
		assert_memory_equal(tail - editor.length, editor.text,
				    editor.length);
		return;
	}
	memset(want, ' ', COLUMNS);
	want[COLUMNS] = '\0';
	memcpy(want, PROMPT, PROMPT_LENGTH);
	memcpy(want + PROMPT_LENGTH, editor.text + first, shown);
	assert_string_equal(terminal.row, want);
	assert_true(editor.cursor >= first && editor.cursor <= first + shown);
	assert_int_equal(terminal.column,
			 PROMPT_LENGTH + editor.cursor - first);
}

/* Feeds text, with a look at the screen after each byte; the last event. */
static enum line_edit_event feed(const char *text)
{
	enum line_edit_event event = LINE_EDIT_MORE;

	for (; *text != '\0'; text++) {
		if (event != LINE_EDIT_MORE) {
			line_edit_start(&editor);
		}
		event = line_edit_feed(&editor, (u8)*text);
		if (event == LINE_EDIT_MORE) {
			check_screen();
		}
	}
	return event;
}

static void enter(const char *text, const char *line)
{
	assert_int_equal(feed(text), LINE_EDIT_MORE);
	assert_int_equal(feed("\r"), LINE_EDIT_LINE);
	assert_string_equal(line_edit_text(&editor), line);
	line_edit_start(&editor);
}

static void test_keys(void **state)
{
	static const struct {
		const char *typed;
		const char *line;
		unsigned bells;
	} cases[] = {
		{ "", "", 0 },
		{ "help", "help", 0 },
		{ "hlp" LEFT LEFT "e", "help", 0 },
		{ "elp\x01h", "help", 0 },
		{ "el\x1b[Hh\x1b[Fp", "help", 0 },
		{ "el\x1bOHh\x1bOFp", "help", 0 },
		{ "el\x1b[1~h\x1b[4~p", "help", 0 },
		{ "el\x1b[7~h\x1b[8~p", "help", 0 },
		{ "el\x01h\x05p", "help", 0 },
		{ "ab\x1bODX\x1bOCY", "aXbY", 0 },
		{ "ab\x02X\x06Y", "aXbY", 0 },
		{ "ab\x1b[1;5DX", "aXb", 0 },
		{ "abc\x7f", "ab", 0 },
		{ "abc\b\b", "a", 0 },
		{ "abc\x01\x1b[3~", "bc", 0 },
		{ "abc\x01\x04", "bc", 0 },
		{ "abc" LEFT "\x7f", "ac", 0 },
		{ "one two  three\x17", "one two  ", 0 },
		{ "one two  \x17", "one ", 0 },
		{ "one two" LEFT "\x17", "one o", 0 },
		{ "one two" LEFT LEFT "\x15", "wo", 0 },
		{ "one two" LEFT LEFT "\x0b", "one t", 0 },
		{ "one\x0ctwo", "onetwo", 0 },
		{ "one" LEFT "\x0cX", "onXe", 0 },
		/* Each of these cannot be done, and says so. */
		{ "\x7f", "", 1 },
		{ "\x1b[3~", "", 1 },
		{ "\x17\x15\x0b", "", 3 },
		{ LEFT RIGHT, "", 2 },
		{ UP DOWN, "", 2 },
		{ "a\x1bxb", "ab", 1 },
		{ "a\x1b[5~b", "ab", 1 },
		{ "a\x1b[99999999991~b", "ab", 1 },
		{ "a\x1b[Zb", "ab", 1 },
		{ "a\xc3\xa9"
		  "b",
		  "ab", 2 },
		{ "a\x1c\x1d", "a", 2 },
		/* A sequence begun anew, or cut short by a control character. */
		{ "ab\x1b\x1b[D-", "a-b", 0 },
		{ "ab\x1b[\x02-", "a-b", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		start_with(&ops);
		enter(cases[i].typed, cases[i].line);
		assert_int_equal(terminal.bells, cases[i].bells);
	}
}

static void test_line_ends(void **state)
{
	static const struct {
		const char *bytes;
		unsigned lines;
	} cases[] = {
		{ "a\r", 1 },	    { "a\n", 1 },      { "a\r\n", 1 },
		{ "a\rb\r", 2 },    { "a\nb\n", 2 },   { "a\r\nb\r\n", 2 },
		{ "a\r\n\r\n", 2 }, { "a\r\r", 2 },    { "a\n\n", 2 },
		{ "a\x1b\r", 1 },   { "a\x1b[\n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned lines = 0;

		start_with(&ops);
		for (const char *s = cases[i].bytes; *s != '\0'; s++) {
			if (line_edit_feed(&editor, (u8)*s) == LINE_EDIT_LINE) {
				lines++;
				line_edit_start(&editor);
			}
		}
		assert_int_equal(lines, cases[i].lines);
		assert_int_equal(terminal.bells, 0);
	}
}

static void test_break(void **state)
{
	(void)state;
	assert_int_equal(feed("poweroff\x03"), LINE_EDIT_BREAK);
	line_edit_start(&editor);
	check_screen();
	enter("x", "x");
	enter(UP, "x");
	assert_int_equal(terminal.bells, 0);
}

static void test_too_long(void **state)
{
	char line[LINE_EDIT_MAX + 2];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[LINE_EDIT_MAX] = '\0';
	assert_int_equal(feed(line), LINE_EDIT_MORE);
	assert_int_equal(terminal.bells, 0);
	assert_int_equal(feed("yz"), LINE_EDIT_MORE);
	assert_int_equal(terminal.bells, 1);
	assert_int_equal(feed("\x01y"), LINE_EDIT_MORE);
	assert_int_equal(terminal.bells, 1);
	/* Whoever makes it shorter has seen it, and may have it run. */
	assert_int_equal(feed("\x05\x7f"
			      "y"),
			 LINE_EDIT_MORE);
	assert_int_equal(terminal.bells, 1);
	line[LINE_EDIT_MAX - 1] = 'y';
	enter("", line);
}

/* Half a command may do something else than the whole. */
static void test_not_all_there(void **state)
{
	char line[LINE_EDIT_MAX + 1];

	(void)state;
	memset(line, 'x', sizeof(line));
	line[LINE_EDIT_MAX] = '\0';
	feed(line);
	feed("yyy");
	assert_int_equal(feed("\r"), LINE_EDIT_TOO_LONG);
	assert_int_equal(line_edit_refused(&editor), 3);
	line_edit_start(&editor);
	assert_int_equal(line_edit_refused(&editor), 0);
	enter("z", "z");
	/* It is remembered as far as it went, and then it is that line. */
	enter(UP UP, line);
	feed(line);
	feed("y");
	assert_int_equal(feed(UP "\r"), LINE_EDIT_LINE);
}

/* A paste costs one byte of output for each byte of input. */
static void test_echo_is_short(void **state)
{
	char line[301];
	size_t before = terminal.bytes;

	(void)state;
	memset(line, 'p', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	feed(line);
	assert_int_equal(terminal.bytes - before, sizeof(line) - 1);
	feed("\x7f");
	before = terminal.bytes;
	feed(LEFT LEFT);
	assert_int_equal(terminal.bytes - before, 2);
}

static void test_history(void **state)
{
	char line[8] = "line ?";
	char all[(LINE_EDIT_HISTORY + 1) * 3 + 1] = "";

	(void)state;
	enter("one", "one");
	enter("two", "two");
	enter("two", "two");
	enter("", "");
	enter(UP, "two");
	enter(UP UP, "one");
	enter("draft" UP DOWN, "draft");
	enter("new" UP UP DOWN "!", "draft!");
	enter("drawn" UP UP DOWN DOWN "!", "drawn!");
	assert_int_equal(terminal.bells, 0);

	for (char c = 'a'; c < 'a' + 20; c++) {
		line[5] = c;
		enter(line, line);
	}
	for (int i = 0; i < LINE_EDIT_HISTORY; i++) {
		strcat(all, UP);
	}
	line[5] = 'a' + 20 - LINE_EDIT_HISTORY;
	enter(all, line);
	assert_int_equal(terminal.bells, 0);
	/* It was typed last now; the oldest is the one after it. */
	strcat(all, UP);
	line[5]++;
	enter(all, line);
	assert_int_equal(terminal.bells, 1);
}

static void test_history_of_long_lines(void **state)
{
	char line[201];

	(void)state;
	for (size_t i = 0; i < sizeof(line) - 1; i++) {
		line[i] = (char)('a' + i % 26);
	}
	line[sizeof(line) - 1] = '\0';
	enter(line, line);
	enter("short", "short");
	enter("x" UP UP, line);
	enter(UP UP DOWN, line);
	enter(line, line);
	feed(UP DOWN UP "\x01" DOWN "\x03");
}

static void test_completion(void **state)
{
	static const struct {
		const char *typed;
		const char *line;
		unsigned bells;
	} cases[] = {
		{ "v\t", "vmx ", 0 },
		{ "vmx\t", "vmx ", 0 },
		{ "mo\t", "module", 0 },
		{ "mo\ts\t", "modules ", 0 },
		{ "m\t", "m", 0 },
		{ "m\t\t", "m", 0 },
		{ "\t", "", 0 },
		{ "x\t", "x", 1 },
		{ "vmx en\tv86", "vmx engine=v86", 0 },
		{ "me x" LEFT LEFT "\t", "memmap x", 0 },
		{ "one two three v\t", "one two three v", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		start_with(&ops);
		enter(cases[i].typed, cases[i].line);
		assert_int_equal(terminal.bells, cases[i].bells);
	}
	start_with(&ops);
	feed("mo\t\t");
	assert_non_null(strstr(terminal.above, "modules module64 "));
	assert_null(strstr(terminal.above, "memmap"));
}

static void test_no_completion(void **state)
{
	static const struct line_edit_ops plain = { draw, NULL, NULL };

	(void)state;
	start_with(&plain);
	enter("v\t", "v");
	assert_int_equal(terminal.bells, 1);
}

/* Whatever comes in, screen and line agree and nothing is out of bounds. */
static void test_random_bytes(void **state)
{
	static const char keys[] = "\x01\x02\x04\x05\x06\b\x0b\x0c\x0e\x10\x15"
				   "\x17\x1b[ABCDHF~O37mv\t \x7f\x03\r\n";

	(void)state;
	srand(1);
	for (unsigned round = 0; round < 200; round++) {
		unsigned plain = (unsigned)rand() % 100;

		start_with(&ops);
		for (unsigned i = 0; i < 2000; i++) {
			u8 byte = (u8)rand();
			enum line_edit_event event;

			if ((unsigned)rand() % 100 < plain) {
				byte = (u8)(' ' + byte % 95);
			} else if (byte < 250) {
				byte = (u8)keys[byte % (sizeof(keys) - 1)];
			}
			event = line_edit_feed(&editor, byte);
			if (event != LINE_EDIT_MORE) {
				line_edit_start(&editor);
			}
			check_screen();
		}
	}
}

/* Shift with PgUp and PgDn; without Shift, or with more, it is no key. */
static void test_scrolling(void **state)
{
	(void)state;
	scrolled = 0;
	feed("abc\x1b[5;2~\x1b[5;2~\x1b[6;2~d");
	assert_int_equal(scrolled, -1);
	assert_string_equal(editor.text, "abcd");
	feed("\x1b[5~\x1b[6~\x1b[5;3~\x1b[6;02;9~\x1b[5;22~\x1b[2;5~");
	assert_int_equal(scrolled, 0);
	assert_string_equal(editor.text, "abcd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_keys, start),
		cmocka_unit_test_setup(test_line_ends, start),
		cmocka_unit_test_setup(test_break, start),
		cmocka_unit_test_setup(test_too_long, start),
		cmocka_unit_test_setup(test_not_all_there, start),
		cmocka_unit_test_setup(test_echo_is_short, start),
		cmocka_unit_test_setup(test_history, start),
		cmocka_unit_test_setup(test_history_of_long_lines, start),
		cmocka_unit_test_setup(test_completion, start),
		cmocka_unit_test_setup(test_no_completion, start),
		cmocka_unit_test_setup(test_scrolling, start),
		cmocka_unit_test_setup(test_random_bytes, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
