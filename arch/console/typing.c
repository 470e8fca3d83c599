/*
 * Keys with characters go by the layout, the others are the same on all. Called
 * with each event by arch/console/keys.c.
 */
/* build: pure */
#include "arch/console/typing.h"

#include "lib/string.h"

#define BIT_OF(key) (1u << ((key)-KEY_LEFT_CTRL))
#define CTRL_KEYS (BIT_OF(KEY_LEFT_CTRL) | BIT_OF(KEY_RIGHT_CTRL))
#define SHIFT_KEYS (BIT_OF(KEY_LEFT_SHIFT) | BIT_OF(KEY_RIGHT_SHIFT))
#define CTRL_C 0x03

/* Bits of the BIOS's shift flags, 40:17. */
enum {
	BIOS_RIGHT_SHIFT = 0x01,
	BIOS_LEFT_SHIFT = 0x02,
	BIOS_CTRL = 0x04,
	BIOS_NUM_LOCK = 0x20,
	BIOS_CAPS_LOCK = 0x40,
};

/* The same on all layouts, with whatever modifiers. */
static const struct {
	u8 key;
	char byte;
} controls[] = {
	{ KEY_ENTER, '\r' },	 { KEY_ESCAPE, '\033' },
	{ KEY_BACKSPACE, '\b' }, { KEY_TAB, '\t' },
	{ KEY_SPACE, ' ' },	 { KEY_KEYPAD_SLASH, '/' },
	{ 0x55, '*' },		 { 0x56, '-' },
	{ 0x57, '+' },		 { KEY_KEYPAD_ENTER, '\r' },
};

/* From KEY_HOME on; PgUp and PgDn are another's with Shift. */
static const char *const moves[] = {
	"\033[H", "\033[5~", "\033[3~", "\033[F", "\033[6~",
	"\033[C", "\033[D",  "\033[B",	"\033[A",
};
static_assert(ARRAY_SIZE(moves) == KEY_UP - KEY_HOME + 1, "one of each");

/* From KEY_KEYPAD_1 on: with Num Lock, and the keys they are without. */
static const char keypad_digits[] = "1234567890.";
static const u8 keypad_moves[] = {
	KEY_END,  KEY_DOWN, KEY_PAGE_DOWN, KEY_LEFT,   KEY_NONE,   KEY_RIGHT,
	KEY_HOME, KEY_UP,   KEY_PAGE_UP,   KEY_INSERT, KEY_DELETE,
};
static_assert(ARRAY_SIZE(keypad_moves) == KEY_KEYPAD_DOT - KEY_KEYPAD_1 + 1,
	      "one of each");

static bool is_shifted(const struct typing *typing)
{
	return (typing->modifiers & SHIFT_KEYS) != 0;
}

/* AltGr, or Ctrl and Alt, where the layout has a third level at all. */
static bool is_third_level(const struct typing *typing)
{
	u8 both = BIT_OF(KEY_LEFT_CTRL) | BIT_OF(KEY_LEFT_ALT);

	return typing->map->on[KEYMAP_ALTGR] != NULL &&
	       ((typing->modifiers & BIT_OF(KEY_RIGHT_ALT)) ||
		(typing->modifiers & both) == both);
}

/* True if the key changes what others mean. */
static bool modifier(struct typing *typing, struct key_event event)
{
	if (event.key >= KEY_LEFT_CTRL && event.key <= KEY_RIGHT_GUI) {
		typing->modifiers &= (u8)~BIT_OF(event.key);
		if (event.pressed) {
			typing->modifiers |= (u8)BIT_OF(event.key);
		}
		return true;
	}
	/* Held down they come again and again. */
	if (event.key == KEY_CAPS_LOCK) {
		typing->caps_lock ^= event.pressed && !typing->caps_held;
		typing->caps_held = event.pressed;
		return true;
	}
	if (event.key == KEY_NUM_LOCK) {
		typing->num_lock ^= event.pressed && !typing->num_held;
		typing->num_held = event.pressed;
		return true;
	}
	return false;
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* By the layout; 0 for a key that has no character there. */
static char character(const struct typing *typing, u8 key, bool *dead)
{
	bool shift = is_shifted(typing);
	char c = keymap_character(typing->map, key, KEYMAP_PLAIN, dead);

	if (is_third_level(typing)) {
		return keymap_character(typing->map, key, KEYMAP_ALTGR, dead);
	}
	if (shift ^ (typing->caps_lock && is_letter(c))) {
		c = keymap_character(typing->map, key, KEYMAP_SHIFT, dead);
	}
	/* Those with codes of their own: @ A-Z [ \ ] ^ _ and small letters. */
	if ((typing->modifiers & CTRL_KEYS) && c >= '@' && c < 0x7f) {
		*dead = false;
		return c & 0x1f;
	}
	return c;
}

static size_t several(char *bytes, const char *text)
{
	size_t n = strlen(text);

	memcpy(bytes, text, n);
	return n;
}

static size_t move(const struct typing *typing, u8 key, char *bytes)
{
	if (key < KEY_HOME || key > KEY_UP) {
		return 0;
	}
	if (is_shifted(typing) && key == KEY_PAGE_UP) {
		return several(bytes, "\033[5;2~");
	}
	if (is_shifted(typing) && key == KEY_PAGE_DOWN) {
		return several(bytes, "\033[6;2~");
	}
	return several(bytes, moves[key - KEY_HOME]);
}

/* The keys that no layout moves; 0 bytes if it is none of them. */
static size_t fixed_key(const struct typing *typing, u8 key, char *bytes)
{
	for (size_t i = 0; i < ARRAY_SIZE(controls); i++) {
		if (controls[i].key == key) {
			bytes[0] = controls[i].byte;
			return 1;
		}
	}
	if (key >= KEY_KEYPAD_1 && key <= KEY_KEYPAD_DOT) {
		if (typing->num_lock != is_shifted(typing)) {
			bytes[0] = keypad_digits[key - KEY_KEYPAD_1];
			return 1;
		}
		/* Shift has been used up. */
		if (keypad_moves[key - KEY_KEYPAD_1] == KEY_NONE) {
			return 0;
		}
		key = keypad_moves[key - KEY_KEYPAD_1];
		return key == KEY_INSERT
			       ? 0
			       : several(bytes, moves[key - KEY_HOME]);
	}
	if (key == KEY_PAUSE && (typing->modifiers & CTRL_KEYS)) {
		bytes[0] = CTRL_C;
		return 1;
	}
	return move(typing, key, bytes);
}

/* Puts what has waited in front of the n bytes that its key has become. */
static size_t end_dead(struct typing *typing, char *bytes, size_t n)
{
	char dead = typing->dead;

	if (dead == 0 || n == 0) {
		return n;
	}
	typing->dead = 0;
	if (n == 1 && bytes[0] == ' ') {
		n = 0;
	}
	memmove(bytes + 1, bytes, n);
	bytes[0] = dead;
	return n + 1;
}

size_t typing_feed(struct typing *typing, struct key_event event,
		   char bytes[TYPING_MAX_BYTES])
{
	bool is_dead;
	char c;

	if (modifier(typing, event) || !event.pressed) {
		return 0;
	}
	c = character(typing, event.key, &is_dead);
	if (c == 0) {
		return end_dead(typing, bytes,
				fixed_key(typing, event.key, bytes));
	}
	if (is_dead && typing->dead == 0) {
		typing->dead = c;
		return 0;
	}
	if (is_dead && typing->dead == c) {
		c = ' ';
	}
	bytes[0] = c;
	return end_dead(typing, bytes, 1);
}

void typing_sync(struct typing *typing, u8 bios_flags, bool locks)
{
	static const struct {
		u8 flag, key;
	} held[] = {
		{ BIOS_LEFT_SHIFT, KEY_LEFT_SHIFT },
		{ BIOS_RIGHT_SHIFT, KEY_RIGHT_SHIFT },
		{ BIOS_CTRL, KEY_LEFT_CTRL },
	};

	typing->modifiers = 0;
	typing->caps_held = false;
	typing->num_held = false;
	typing->dead = 0;
	for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
		if (bios_flags & held[i].flag) {
			typing->modifiers |= (u8)BIT_OF(held[i].key);
		}
	}
	if (locks) {
		typing->num_lock = (bios_flags & BIOS_NUM_LOCK) != 0;
		typing->caps_lock = (bios_flags & BIOS_CAPS_LOCK) != 0;
	}
}
