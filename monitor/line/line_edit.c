/*
 * The line editor: keeps the line, its history, and how much of the line is on
 * the terminal. Knows no device and never waits. Called by the shell, on the
 * boot core.
 *
 * While characters are only added at the end, they are echoed as they come, and
 * the terminal wraps the line. On a plain terminal backspace does not go back
 * over such a wrap. So the first other key on a line longer than a row begins a
 * new row, in which a window of the line is drawn from then on.
 */
/* build: pure */
#include "monitor/line/line_edit.h"

#include "lib/str.h"
#include "lib/string.h"

static void emit(struct line_edit *edit, const char *text, size_t n)
{
	if (n != 0) {
		edit->ops->emit(edit->context, text, n);
	}
}

static void emit_repeated(struct line_edit *edit, char c, size_t n)
{
	char chunk[32];

	memset(chunk, c, sizeof(chunk));
	while (n != 0) {
		size_t part = MIN(n, sizeof(chunk));

		emit(edit, chunk, part);
		n -= part;
	}
}

static void bell(struct line_edit *edit)
{
	emit(edit, "\a", 1);
}

static void emit_prompt(struct line_edit *edit)
{
	emit(edit, edit->prompt, strlen(edit->prompt));
}

/*
 * How many characters of the line fit into a row behind the prompt. The last
 * column stays empty, because terminals differ in when they wrap after it.
 */
static size_t row_room(const struct line_edit *edit)
{
	size_t prompt = strlen(edit->prompt);

	return prompt + 16 < LINE_EDIT_COLUMNS ? LINE_EDIT_COLUMNS - 1 - prompt
					       : 16;
}

/* Whether the cursor lies within what is drawn. */
static bool in_window(const struct line_edit *edit)
{
	return edit->cursor >= edit->first &&
	       edit->cursor <= edit->first + edit->shown;
}

/* Draws the window around the cursor, over the old contents of the row. */
static void draw_window(struct line_edit *edit)
{
	size_t room = row_room(edit);
	size_t old_shown = edit->shown;

	if (edit->cursor < edit->first || edit->cursor > edit->first + room) {
		edit->first =
			edit->cursor > room / 2 ? edit->cursor - room / 2 : 0;
	}
	edit->shown = MIN(room, edit->length - edit->first);
	emit(edit, "\r", 1);
	emit_prompt(edit);
	emit(edit, edit->text + edit->first, edit->shown);
	if (old_shown > edit->shown) {
		emit_repeated(edit, ' ', old_shown - edit->shown);
		emit_repeated(edit, '\b', old_shown - edit->shown);
	}
	emit_repeated(edit, '\b', edit->first + edit->shown - edit->cursor);
}

/* Draws prompt, line and cursor on a new row. */
static void draw_fresh(struct line_edit *edit)
{
	edit->shown = 0;
	edit->first = 0;
	if (edit->length > row_room(edit)) {
		edit->windowed = true;
	}
	if (edit->windowed) {
		draw_window(edit);
		return;
	}
	emit_prompt(edit);
	emit(edit, edit->text, edit->length);
	emit_repeated(edit, '\b', edit->length - edit->cursor);
}

/*
 * Called before anything but adding at the end: if the line has wrapped,
 * changes from the echoed form to a window.
 */
static void prepare(struct line_edit *edit)
{
	if (!edit->windowed && edit->length > row_room(edit)) {
		emit(edit, "\n", 1);
		edit->windowed = true;
		edit->first = 0;
		edit->shown = 0;
		draw_window(edit);
	}
}

static void move_to(struct line_edit *edit, size_t target)
{
	size_t old = edit->cursor;

	if (target == old) {
		return;
	}
	prepare(edit);
	edit->cursor = target;
	if (edit->windowed && !in_window(edit)) {
		draw_window(edit);
	} else if (target < old) {
		emit_repeated(edit, '\b', old - target);
	} else {
		emit(edit, edit->text + old, target - old);
	}
}

/* Deletes the characters from..to; the cursor is at from afterwards. */
static void erase(struct line_edit *edit, size_t from, size_t to)
{
	size_t tail = edit->length - to;
	size_t gone = to - from;

	if (gone == 0) {
		bell(edit);
		return;
	}
	prepare(edit);
	edit->refused = 0;
	if (!edit->windowed && from < edit->cursor) {
		emit_repeated(edit, '\b', edit->cursor - from);
	}
	memmove(edit->text + from, edit->text + to, tail + 1);
	edit->length -= gone;
	edit->cursor = from;
	if (edit->windowed) {
		draw_window(edit);
		return;
	}
	emit(edit, edit->text + from, tail);
	emit_repeated(edit, ' ', gone);
	emit_repeated(edit, '\b', tail + gone);
}

static void insert(struct line_edit *edit, const char *text, size_t n)
{
	size_t tail = edit->length - edit->cursor;

	if (n > LINE_EDIT_MAX - edit->length) {
		bell(edit);
		return;
	}
	if (tail != 0 && !edit->windowed && edit->length + n > row_room(edit)) {
		edit->windowed = true;
		edit->first = 0;
		edit->shown = edit->length;
	}
	memmove(edit->text + edit->cursor + n, edit->text + edit->cursor,
		tail + 1);
	memcpy(edit->text + edit->cursor, text, n);
	edit->length += n;
	edit->cursor += n;
	if (edit->windowed) {
		if (tail != 0 || edit->shown + n > row_room(edit)) {
			draw_window(edit);
			return;
		}
		edit->shown += n;
	}
	emit(edit, text, n);
	emit(edit, edit->text + edit->cursor, tail);
	emit_repeated(edit, '\b', tail);
}

/* Replaces the line by another one, the cursor at its end. */
static void replace(struct line_edit *edit, const char *text)
{
	size_t old = edit->length;
	size_t length = strlen(text);

	prepare(edit);
	edit->refused = 0;
	if (!edit->windowed && length > row_room(edit)) {
		edit->windowed = true;
		edit->shown = old;
	} else if (!edit->windowed) {
		emit_repeated(edit, '\b', edit->cursor);
		emit(edit, text, length);
		if (old > length) {
			emit_repeated(edit, ' ', old - length);
			emit_repeated(edit, '\b', old - length);
		}
	}
	memcpy(edit->text, text, length + 1);
	edit->length = length;
	edit->cursor = length;
	if (edit->windowed) {
		edit->first = 0;
		draw_window(edit);
	}
}

static char *history_line(struct line_edit *edit, size_t back)
{
	return edit->history[(edit->history_next - back) % LINE_EDIT_HISTORY];
}

static void history_add(struct line_edit *edit)
{
	if (edit->length == 0) {
		return;
	}
	if (edit->history_next != 0 &&
	    strcmp(history_line(edit, 1), edit->text) == 0) {
		return;
	}
	memcpy(edit->history[edit->history_next % LINE_EDIT_HISTORY],
	       edit->text, edit->length + 1);
	edit->history_next++;
}

static void history_older(struct line_edit *edit)
{
	if (edit->history_back == MIN(edit->history_next, LINE_EDIT_HISTORY)) {
		bell(edit);
		return;
	}
	if (edit->history_back == 0) {
		memcpy(edit->draft, edit->text, edit->length + 1);
	}
	edit->history_back++;
	replace(edit, history_line(edit, edit->history_back));
}

static void history_newer(struct line_edit *edit)
{
	if (edit->history_back == 0) {
		bell(edit);
		return;
	}
	edit->history_back--;
	replace(edit, edit->history_back == 0
			      ? edit->draft
			      : history_line(edit, edit->history_back));
}

/* Where the word before the cursor begins. */
static size_t word_before(const struct line_edit *edit)
{
	size_t from = edit->cursor;

	while (from > 0 && edit->text[from - 1] == ' ') {
		from--;
	}
	while (from > 0 && edit->text[from - 1] != ' ') {
		from--;
	}
	return from;
}

static void redraw(struct line_edit *edit)
{
	emit(edit, "\n", 1);
	draw_fresh(edit);
}

/* The next candidate, from *index on, that begins with the typed letters. */
static const char *next_match(struct line_edit *edit, size_t start,
			      size_t *index)
{
	const char *name;

	if (edit->ops->candidate == NULL) {
		return NULL;
	}
	while ((name = edit->ops->candidate(edit->context, edit->text, start,
					    (*index)++)) != NULL) {
		if (strncmp(name, edit->text + start, edit->cursor - start) ==
		    0) {
			return name;
		}
	}
	return NULL;
}

static void list_matches(struct line_edit *edit, size_t start)
{
	size_t index = 0;
	const char *name;

	emit(edit, "\n", 1);
	while ((name = next_match(edit, start, &index)) != NULL) {
		emit(edit, name, strlen(name));
		emit(edit, " ", 1);
	}
	redraw(edit);
}

static size_t common_length(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n]) {
		n++;
	}
	return n;
}

/*
 * Adds the letters that all matches share; if there are none, shows the
 * matches. A single match gets a blank behind it, unless it ends in '=' for a
 * value.
 */
static void complete(struct line_edit *edit)
{
	size_t start = edit->cursor;
	size_t typed;
	size_t index = 0;
	size_t matches = 0;
	size_t common = 0;
	char first[LINE_EDIT_WORD + 1]; /* what all matches begin with */
	const char *name;

	while (start > 0 && edit->text[start - 1] != ' ') {
		start--;
	}
	typed = edit->cursor - start;
	while ((name = next_match(edit, start, &index)) != NULL) {
		if (matches++ == 0) {
			str_copy(first, sizeof(first), name);
			common = strlen(first);
		} else {
			common = MIN(common, common_length(name, first));
		}
	}
	if (matches == 0) {
		bell(edit);
	} else if (common > typed) {
		insert(edit, first + typed, common - typed);
	} else if (matches > 1) {
		list_matches(edit, start);
	}
	if (matches == 1 && edit->cursor == edit->length && common != 0 &&
	    first[common - 1] != '=') {
		insert(edit, " ", 1);
	}
}

static void step(struct line_edit *edit, bool possible, size_t target)
{
	if (possible) {
		move_to(edit, target);
	} else {
		bell(edit);
	}
}

static void scroll(struct line_edit *edit, bool back)
{
	if (edit->ops->scroll != NULL) {
		edit->ops->scroll(edit->context, back);
	}
}

static void press(struct line_edit *edit, enum line_key key)
{
	size_t cursor = edit->cursor;
	size_t length = edit->length;

	switch (key) {
	case LINE_KEY_UP:
		history_older(edit);
		break;
	case LINE_KEY_DOWN:
		history_newer(edit);
		break;
	case LINE_KEY_LEFT:
		step(edit, cursor > 0, cursor - 1);
		break;
	case LINE_KEY_RIGHT:
		step(edit, cursor < length, cursor + 1);
		break;
	case LINE_KEY_HOME:
		move_to(edit, 0);
		break;
	case LINE_KEY_END:
		move_to(edit, length);
		break;
	case LINE_KEY_DELETE:
		erase(edit, cursor, MIN(cursor + 1, length));
		break;
	case LINE_KEY_BACKSPACE:
		erase(edit, cursor == 0 ? 0 : cursor - 1, cursor);
		break;
	case LINE_KEY_KILL_WORD:
		erase(edit, word_before(edit), cursor);
		break;
	case LINE_KEY_KILL_LEFT:
		erase(edit, 0, cursor);
		break;
	case LINE_KEY_KILL_RIGHT:
		erase(edit, cursor, length);
		break;
	case LINE_KEY_COMPLETE:
		complete(edit);
		break;
	case LINE_KEY_REDRAW:
		redraw(edit);
		break;
	case LINE_KEY_SCROLL_BACK:
	case LINE_KEY_SCROLL_ON:
		scroll(edit, key == LINE_KEY_SCROLL_BACK);
		break;
	default:
		bell(edit);
		break;
	}
}

enum line_edit_event line_edit_feed(struct line_edit *edit, u8 byte)
{
	enum line_key key = line_keys_feed(&edit->keys, byte);
	char c = (char)byte;

	switch (key) {
	case LINE_KEY_NONE:
		break;
	case LINE_KEY_CHAR:
		if (edit->length < LINE_EDIT_MAX) {
			insert(edit, &c, 1);
		} else if (edit->refused++ == 0) {
			bell(edit);
		}
		break;
	case LINE_KEY_ENTER:
		emit(edit, "\n", 1);
		history_add(edit);
		return edit->refused != 0 ? LINE_EDIT_TOO_LONG : LINE_EDIT_LINE;
	case LINE_KEY_BREAK:
		emit(edit, "^C\n", 3);
		return LINE_EDIT_BREAK;
	default:
		press(edit, key);
		break;
	}
	return LINE_EDIT_MORE;
}

void line_edit_init(struct line_edit *edit, const struct line_edit_ops *ops,
		    void *context, const char *prompt)
{
	memset(edit, 0, sizeof(*edit));
	edit->ops = ops;
	edit->context = context;
	edit->prompt = prompt;
}

void line_edit_start(struct line_edit *edit)
{
	edit->text[0] = '\0';
	edit->refused = 0;
	edit->length = 0;
	edit->cursor = 0;
	edit->first = 0;
	edit->shown = 0;
	edit->windowed = false;
	edit->history_back = 0;
	emit_prompt(edit);
}

size_t line_edit_refused(const struct line_edit *edit)
{
	return edit->refused;
}

const char *line_edit_text(const struct line_edit *edit)
{
	return edit->text;
}
