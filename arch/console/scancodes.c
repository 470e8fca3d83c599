/*
 * Tables of the keys, and the few that change what others mean. Called with
 * each code by the keyboard's driver.
 */
/* build: pure */
#include "arch/console/scancodes.h"

#include "lib/string.h"

#define PREFIX_E0 0xe0
#define PREFIX_E1 0xe1
#define PAUSE_CODES 2 /* after E1h, when pressed and when released */
#define RELEASED 0x80

enum code {
	CODE_CTRL = 0x1d,
	CODE_LEFT_SHIFT = 0x2a,
	CODE_RIGHT_SHIFT = 0x36,
	CODE_CAPS_LOCK = 0x3a,
	CODE_NUM_LOCK = 0x45,
	CODE_BREAK = 0x46, /* after E0h: Pause with Ctrl held down */
	CODE_KEYPAD_FIRST = 0x47,
	CODE_KEYPAD_LAST = 0x53,
	CODE_KEYPAD_SLASH = 0x35, /* after E0h */
	CODE_KEYPAD_ENTER = 0x1c, /* after E0h */
	CODE_102ND_KEY = 0x56,
};

/* Bits of the BIOS's shift flags, 40:17. */
enum {
	BIOS_RIGHT_SHIFT = 0x01,
	BIOS_LEFT_SHIFT = 0x02,
	BIOS_CTRL = 0x04,
	BIOS_NUM_LOCK = 0x20,
	BIOS_CAPS_LOCK = 0x40,
};

#define CTRL_C 0x03

/* By code; 0 where a key stands for nothing by itself. */
static const char plain[] = "\0\0331234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`"
			    "\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\r\0ASDFGHJKL:"
			      "\"~\0|ZXCVBNM<>?\0*\0 ";
static_assert(sizeof(plain) == sizeof(shifted), "the same keys");
static_assert(sizeof(plain) == CODE_CAPS_LOCK + 1, "and all of them");

/* The keypad: with Num Lock, and as the keys of the middle block. */
static const char keypad_digits[] = "789-456+1230.";
static const char *const keypad_moves[] = {
	"\033[H", "\033[A", NULL,     "-",  "\033[D", NULL,	 "\033[C",
	"+",	  "\033[F", "\033[B", NULL, NULL,     "\033[3~",
};
static_assert(ARRAY_SIZE(keypad_moves) ==
		      CODE_KEYPAD_LAST - CODE_KEYPAD_FIRST + 1,
	      "one of each");

static bool is_shifted(const struct scancodes *keys)
{
	return keys->left_shift || keys->right_shift;
}

static size_t one(char *bytes, char c)
{
	bytes[0] = c;
	return c != 0;
}

static size_t several(char *bytes, const char *text)
{
	size_t n = text == NULL ? 0 : strlen(text);

	memcpy(bytes, text == NULL ? "" : text, n);
	return n;
}

/* True if the key changes what others mean. */
static bool modifier(struct scancodes *keys, u8 key, bool pressed, bool e0)
{
	switch (key) {
	case CODE_LEFT_SHIFT:
		/* After E0h it is the keyboard's own doing: no shift. */
		keys->left_shift = e0 ? keys->left_shift : pressed;
		return true;
	case CODE_RIGHT_SHIFT:
		keys->right_shift = e0 ? keys->right_shift : pressed;
		return true;
	case CODE_CTRL:
		keys->ctrl = pressed;
		return true;
	case CODE_CAPS_LOCK:
		keys->caps_lock ^= pressed;
		return true;
	case CODE_NUM_LOCK:
		keys->num_lock ^= pressed;
		return true;
	default:
		return false;
	}
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char typed(const struct scancodes *keys, u8 key)
{
	bool shift =
		is_shifted(keys) ^ (keys->caps_lock && is_letter(plain[key]));
	char c = shift ? shifted[key] : plain[key];

	/* Those with codes of their own: @ A-Z [ \ ] ^ _ and small letters. */
	if (keys->ctrl && c >= '@' && c < 0x7f) {
		return c & 0x1f;
	}
	return c;
}

static size_t keypad(const struct scancodes *keys, u8 key, bool e0, char *bytes)
{
	u8 i = key - CODE_KEYPAD_FIRST;

	if (!e0 && keys->num_lock != is_shifted(keys)) {
		return one(bytes, keypad_digits[i]);
	}
	return several(bytes, keypad_moves[i]);
}

static size_t after_e0(const struct scancodes *keys, u8 key, char *bytes)
{
	switch (key) {
	case CODE_BREAK:
		return one(bytes, CTRL_C);
	case CODE_KEYPAD_SLASH:
		return one(bytes, '/');
	case CODE_KEYPAD_ENTER:
		return one(bytes, '\r');
	default:
		return key >= CODE_KEYPAD_FIRST && key <= CODE_KEYPAD_LAST
			       ? keypad(keys, key, true, bytes)
			       : 0;
	}
}

size_t scancodes_feed(struct scancodes *keys, u8 code,
		      char bytes[SCANCODES_MAX_BYTES])
{
	u8 key = code & (u8)~RELEASED;
	bool e0 = keys->prefix == PREFIX_E0;

	if (keys->passed_over != 0) {
		keys->passed_over--;
		return 0;
	}
	keys->prefix = 0;
	if (code == PREFIX_E1) {
		keys->passed_over = PAUSE_CODES;
		return 0;
	}
	if (code == PREFIX_E0) {
		keys->prefix = code;
		return 0;
	}
	if (modifier(keys, key, (code & RELEASED) == 0, e0) ||
	    (code & RELEASED) != 0) {
		return 0;
	}
	if (e0) {
		return after_e0(keys, key, bytes);
	}
	if (key >= CODE_KEYPAD_FIRST && key <= CODE_KEYPAD_LAST) {
		return keypad(keys, key, false, bytes);
	}
	if (key == CODE_102ND_KEY) {
		return one(bytes, is_shifted(keys) ? '|' : '\\');
	}
	return key < CODE_CAPS_LOCK ? one(bytes, typed(keys, key)) : 0;
}

void scancodes_sync(struct scancodes *keys, u8 bios_flags, bool locks)
{
	keys->left_shift = (bios_flags & BIOS_LEFT_SHIFT) != 0;
	keys->right_shift = (bios_flags & BIOS_RIGHT_SHIFT) != 0;
	keys->ctrl = (bios_flags & BIOS_CTRL) != 0;
	keys->prefix = 0;
	keys->passed_over = 0;
	if (locks) {
		keys->num_lock = (bios_flags & BIOS_NUM_LOCK) != 0;
		keys->caps_lock = (bios_flags & BIOS_CAPS_LOCK) != 0;
	}
}
