/*
 * The keys of a keyboard, one number each, whatever it is plugged into: those
 * of the USB HID Usage Tables, "Keyboard/Keypad Page". A key has its number by
 * its place: KEY_Q is what stands left of the Q of a US keyboard's W.
 */
#pragma once

#include "lib/types.h"

enum key {
	KEY_NONE = 0x00,
	KEY_A = 0x04,
	KEY_Z = 0x1d,
	KEY_1 = 0x1e,
	KEY_0 = 0x27,
	KEY_ENTER = 0x28,
	KEY_ESCAPE = 0x29,
	KEY_BACKSPACE = 0x2a,
	KEY_TAB = 0x2b,
	KEY_SPACE = 0x2c,
	KEY_MINUS = 0x2d,
	KEY_CAPS_LOCK = 0x39,
	KEY_F1 = 0x3a,
	KEY_SCROLL_LOCK = 0x47,
	KEY_PAUSE = 0x48,
	KEY_INSERT = 0x49,
	KEY_HOME = 0x4a,
	KEY_PAGE_UP = 0x4b,
	KEY_DELETE = 0x4c,
	KEY_END = 0x4d,
	KEY_PAGE_DOWN = 0x4e,
	KEY_RIGHT = 0x4f,
	KEY_LEFT = 0x50,
	KEY_DOWN = 0x51,
	KEY_UP = 0x52,
	KEY_NUM_LOCK = 0x53,
	KEY_KEYPAD_SLASH = 0x54,
	KEY_KEYPAD_ENTER = 0x58,
	KEY_KEYPAD_1 = 0x59,
	KEY_KEYPAD_DOT = 0x63,
	KEY_102ND = 0x64, /* between the left shift and Z, where there is one */
	/* Those that change what others mean, as the bits of a HID report. */
	KEY_LEFT_CTRL = 0xe0,
	KEY_LEFT_SHIFT = 0xe1,
	KEY_LEFT_ALT = 0xe2,
	KEY_LEFT_GUI = 0xe3,
	KEY_RIGHT_CTRL = 0xe4,
	KEY_RIGHT_SHIFT = 0xe5,
	KEY_RIGHT_ALT = 0xe6,
	KEY_RIGHT_GUI = 0xe7,
};

#define KEY_MODIFIERS 8u

/* A key held down is pressed again and again, without being released. */
struct key_event {
	u8 key;
	bool pressed;
};
