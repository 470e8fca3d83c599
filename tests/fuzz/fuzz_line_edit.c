/*
 * monitor/line/line_edit.c and line_keys.c: any bytes from a terminal. A
 * second, plain editor gets the same keys; the line, and what is sent to the
 * terminal, must be in order after each byte.
 */
#include "monitor/line/line_edit.h"
#include "tests/fuzz/fuzz.h"

static const char *const words[] = { "bios", "bench", "cpu=", "exits" };

/* Text and cursor alone. */
static struct {
	char text[LINE_EDIT_MAX + 1];
	size_t length, cursor;
} plain;

static void emit(void *context, const char *text, size_t n)
{
	CHECK(context == &plain && n > 0);
	for (size_t i = 0; i < n; i++) {
		CHECK(str_is_print(text[i]) ||
		      (text[i] != '\0' && strchr("\b\r\n\a", text[i])));
	}
}

static const char *candidate(void *context, const char *line, size_t start,
			     size_t index)
{
	CHECK(context == &plain && start <= strlen(line));
	return index < ARRAY_SIZE(words) ? words[index] : NULL;
}

static void cut(size_t from, size_t to)
{
	memmove(plain.text + from, plain.text + to, plain.length - to + 1);
	plain.length -= to - from;
	plain.cursor = from;
}

static void insert(char c)
{
	if (plain.length < LINE_EDIT_MAX) {
		memmove(plain.text + plain.cursor + 1,
			plain.text + plain.cursor,
			plain.length - plain.cursor + 1);
		plain.text[plain.cursor++] = c;
		plain.length++;
	}
}

static size_t word_before(void)
{
	size_t at = plain.cursor;

	while (at > 0 && plain.text[at - 1] == ' ') {
		at--;
	}
	while (at > 0 && plain.text[at - 1] != ' ') {
		at--;
	}
	return at;
}

/* Whether the plain editor knows what the key does to the line. */
static bool press(enum line_key key, u8 byte)
{
	switch (key) {
	case LINE_KEY_CHAR:
		insert((char)byte);
		return true;
	case LINE_KEY_LEFT:
		plain.cursor -= plain.cursor > 0;
		return true;
	case LINE_KEY_RIGHT:
		plain.cursor += plain.cursor < plain.length;
		return true;
	case LINE_KEY_HOME:
		plain.cursor = 0;
		return true;
	case LINE_KEY_END:
		plain.cursor = plain.length;
		return true;
	case LINE_KEY_BACKSPACE:
		cut(plain.cursor - (plain.cursor > 0), plain.cursor);
		return true;
	case LINE_KEY_DELETE:
		cut(plain.cursor, plain.cursor + (plain.cursor < plain.length));
		return true;
	case LINE_KEY_KILL_WORD:
		cut(word_before(), plain.cursor);
		return true;
	case LINE_KEY_KILL_LEFT:
		cut(0, plain.cursor);
		return true;
	case LINE_KEY_KILL_RIGHT:
		cut(plain.cursor, plain.length);
		return true;
	case LINE_KEY_UP:
	case LINE_KEY_DOWN:
	case LINE_KEY_COMPLETE:
		return false;
	default:
		return true; /* and the line stays as it is */
	}
}

static void follow(const struct line_edit *edit)
{
	memcpy(plain.text, edit->text, sizeof(plain.text));
	plain.length = edit->length;
	plain.cursor = edit->cursor;
}

static void check(const struct line_edit *edit)
{
	CHECK(edit->length <= LINE_EDIT_MAX && edit->cursor <= edit->length);
	CHECK(strlen(edit->text) == edit->length);
	CHECK(fuzz_is_line(edit->text, sizeof(edit->text)));
	CHECK(!edit->windowed || edit->first + edit->shown <= edit->length);
	CHECK(edit->history_back <= LINE_EDIT_HISTORY);
	CHECK(edit->history_back <= edit->history_next);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	static const struct line_edit_ops ops = { emit, candidate, NULL };
	static struct line_edit edit;
	struct line_keys keys = { 0 };

	line_edit_init(&edit, &ops, &plain, "biosphere> ");
	line_edit_start(&edit);
	follow(&edit);
	for (size_t i = 0; i < bytes; i++) {
		bool known = press(line_keys_feed(&keys, data[i]), data[i]);
		enum line_edit_event event = line_edit_feed(&edit, data[i]);

		check(&edit);
		if (known && event != LINE_EDIT_BREAK) {
			CHECK(strcmp(line_edit_text(&edit), plain.text) == 0);
			CHECK(event == LINE_EDIT_LINE ||
			      edit.cursor == plain.cursor);
		}
		if (event != LINE_EDIT_MORE) {
			line_edit_start(&edit);
			CHECK(edit.length == 0 && edit.cursor == 0);
		}
		follow(&edit);
	}
	return 0;
}
