/* Tables of the codes. Called with each code by the keyboard's driver. */
/* build: pure */
#include "arch/console/scancodes.h"

#define PREFIX_E0 0xe0
#define PREFIX_E1 0xe1
#define PAUSE_CODES 2 /* after E1h, when pressed and when released */
#define RELEASED 0x80

/* By code, from Esc on. */
static const u8 plain[] = {
	0,
	/* 01h: Esc, the digits and two more, Backspace */
	0x29, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2d,
	0x2e, 0x2a,
	/* 0Fh: Tab, QWERTYUIOP and two more, Enter */
	0x2b, 0x14, 0x1a, 0x08, 0x15, 0x17, 0x1c, 0x18, 0x0c, 0x12, 0x13, 0x2f,
	0x30, 0x28,
	/* 1Dh: Ctrl, ASDFGHJKL and two more, the key left of 1 */
	0xe0, 0x04, 0x16, 0x07, 0x09, 0x0a, 0x0b, 0x0d, 0x0e, 0x0f, 0x33, 0x34,
	0x35,
	/* 2Ah: left Shift, the key at Enter, ZXCVBNM and three more, Shift */
	0xe1, 0x31, 0x1d, 0x1b, 0x06, 0x19, 0x05, 0x11, 0x10, 0x36, 0x37, 0x38,
	0xe5,
	/* 37h: keypad *, Alt, space, Caps Lock, F1 to F10, two locks */
	0x55, 0xe2, 0x2c, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x41,
	0x42, 0x43, 0x53, 0x47,
	/* 47h: the keypad, 7 8 9 - 4 5 6 + 1 2 3 0 . */
	0x5f, 0x60, 0x61, 0x56, 0x5c, 0x5d, 0x5e, 0x57, 0x59, 0x5a, 0x5b, 0x62,
	0x63,
	/* 54h: Alt with Print Screen, none, the 102nd key, F11, F12 */
	0x46, 0, 0x64, 0x44, 0x45
};
static_assert(ARRAY_SIZE(plain) == 0x59, "to F12");

/* After E0h; shifts are the keyboard's own doing there, and no keys. */
static const struct {
	u8 code, key;
} after_e0[] = {
	{ 0x1c, KEY_KEYPAD_ENTER },
	{ 0x1d, KEY_RIGHT_CTRL },
	{ 0x35, KEY_KEYPAD_SLASH },
	{ 0x37, 0x46 },
	{ 0x38, KEY_RIGHT_ALT },
	{ 0x46, KEY_PAUSE }, /* with Ctrl */
	{ 0x47, KEY_HOME },
	{ 0x48, KEY_UP },
	{ 0x49, KEY_PAGE_UP },
	{ 0x4b, KEY_LEFT },
	{ 0x4d, KEY_RIGHT },
	{ 0x4f, KEY_END },
	{ 0x50, KEY_DOWN },
	{ 0x51, KEY_PAGE_DOWN },
	{ 0x52, KEY_INSERT },
	{ 0x53, KEY_DELETE },
	{ 0x5b, KEY_LEFT_GUI },
	{ 0x5c, KEY_RIGHT_GUI },
	{ 0x5d, 0x65 },
};

static u8 find(u8 code, bool e0)
{
	if (!e0) {
		return code < ARRAY_SIZE(plain) ? plain[code] : 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(after_e0); i++) {
		if (after_e0[i].code == code) {
			return after_e0[i].key;
		}
	}
	return KEY_NONE;
}

bool scancodes_feed(struct scancodes *codes, u8 code, struct key_event *event)
{
	bool e0 = codes->prefix == PREFIX_E0;

	event->pressed = (code & RELEASED) == 0;
	if (codes->pause_codes != 0) {
		codes->pause_codes--;
		event->key = KEY_PAUSE;
		return codes->pause_codes == 0;
	}
	codes->prefix = 0;
	if (code == PREFIX_E1) {
		codes->pause_codes = PAUSE_CODES;
		return false;
	}
	if (code == PREFIX_E0) {
		codes->prefix = code;
		return false;
	}
	event->key = find(code & (u8)~RELEASED, e0);
	return event->key != KEY_NONE;
}
