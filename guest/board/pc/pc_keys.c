/* Characters by their place on the keyboard, and the names of other keys. */
/* build: pure */
#include "guest/board/pc/pc_keys.h"

#include "lib/error.h"
#include "lib/str.h"

#define RELEASED 0x80u
#define EXTENDED 0xe000u /* E0h leads the code */
#define CODE_CTRL 0x1du
#define CODE_ALT 0x38u
#define CODE_SHIFT 0x2au
#define FIRST_CODE 0x02u
#define CODE_SPACE 0x39u
#define CODE_ENTER 0x1cu

enum held { HELD_SHIFT = 1, HELD_CTRL = 2, HELD_ALT = 4 };

/* From code 2 on; a blank is a key without a character. */
static const char plain[] =
	"1234567890-=  qwertyuiop[]  asdfghjkl;'` \\zxcvbnm,./";
static const char shifted[] =
	"!@#$%^&*()_+  QWERTYUIOP{}  ASDFGHJKL:\"~ |ZXCVBNM<>?";

struct named_key {
	char name[10];
	u16 code;
};

static const struct named_key named[] = {
	{ "F1", 0x3b },	    { "F2", 0x3c },	     { "F3", 0x3d },
	{ "F4", 0x3e },	    { "F5", 0x3f },	     { "F6", 0x40 },
	{ "F7", 0x41 },	    { "F8", 0x42 },	     { "F9", 0x43 },
	{ "F10", 0x44 },    { "F11", 0x57 },	     { "F12", 0x58 },
	{ "Up", 0xe048 },   { "Down", 0xe050 },	     { "Left", 0xe04b },
	{ "Home", 0xe047 }, { "End", 0xe04f },	     { "Right", 0xe04d },
	{ "PgUp", 0xe049 }, { "PgDn", 0xe051 },	     { "Ins", 0xe052 },
	{ "Del", 0xe053 },  { "Enter", CODE_ENTER }, { "Esc", 0x01 },
	{ "Tab", 0x0f },    { "Space", CODE_SPACE }, { "Backspace", 0x0e },
};

/* The code of a character's key, or 0. */
static u16 code_of(char character, u8 *held)
{
	for (u32 i = 0; i < sizeof(plain) - 1; i++) {
		if (character == ' ' || plain[i] == ' ') {
			continue;
		}
		if (plain[i] == character) {
			return (u16)(FIRST_CODE + i);
		}
		if (shifted[i] == character) {
			*held |= HELD_SHIFT;
			return (u16)(FIRST_CODE + i);
		}
	}
	switch (character) {
	case ' ':
		return CODE_SPACE;
	case '\n':
	case '\r':
		return CODE_ENTER;
	case '\t':
		return 0x0f;
	case '\b':
	case 0x7f:
		return 0x0e;
	case 0x1b:
		return 0x01;
	default:
		break;
	}
	if (character > 0 && character <= 26) {
		*held |= HELD_CTRL;
		return code_of((char)(character + 'a' - 1), held);
	}
	return 0;
}

static u32 add(u8 *codes, u32 count, u16 code, u8 released)
{
	if (code >= EXTENDED) {
		codes[count++] = EXTENDED >> 8;
	}
	codes[count++] = (u8)(code | released);
	return count;
}

static u32 press_and_release(u16 code, u8 held, u8 codes[PC_KEYS_CODES])
{
	static const u8 keys[] = { CODE_SHIFT, CODE_CTRL, CODE_ALT };
	u32 count = 0;

	for (u32 i = 0; i < ARRAY_SIZE(keys); i++) {
		if (held >> i & 1) {
			count = add(codes, count, keys[i], 0);
		}
	}
	count = add(codes, count, code, 0);
	count = add(codes, count, code, RELEASED);
	for (u32 i = ARRAY_SIZE(keys); i-- > 0;) {
		if (held >> i & 1) {
			count = add(codes, count, keys[i], RELEASED);
		}
	}
	return count;
}

u32 pc_keys_of(char character, u8 codes[PC_KEYS_CODES])
{
	u8 held = 0;
	u16 code = code_of(character, &held);

	return code == 0 ? 0 : press_and_release(code, held, codes);
}

static u16 find_named(const char *name, size_t length)
{
	for (u32 i = 0; i < ARRAY_SIZE(named); i++) {
		if (str_nlen(named[i].name, sizeof(named[i].name)) == length &&
		    str_starts(name, named[i].name)) {
			return named[i].code;
		}
	}
	return 0;
}

/* {Ctrl-C} is no {Ctrl-Shift-C}. */
static u16 code_of_held(char character, u8 *held)
{
	if ((*held & (HELD_CTRL | HELD_ALT)) != 0 && character >= 'A' &&
	    character <= 'Z') {
		character = (char)(character - 'A' + 'a');
	}
	return code_of(character, held);
}

/* Behind the brace. */
static int next_named(const char **text, u8 codes[PC_KEYS_CODES])
{
	static const struct {
		char name[8];
		u8 held;
	} prefixes[] = { { "Shift-", HELD_SHIFT },
			 { "Ctrl-", HELD_CTRL },
			 { "Alt-", HELD_ALT } };
	const char *name = *text;
	size_t length;
	u8 held = 0;
	u16 code;

	for (u32 i = 0; i < ARRAY_SIZE(prefixes);) {
		if (str_starts(name, prefixes[i].name)) {
			held |= prefixes[i].held;
			name += str_nlen(prefixes[i].name, 8);
			i = 0;
		} else {
			i++;
		}
	}
	length = 0;
	while (name[length] != '}' && name[length] != '\0') {
		length++;
	}
	if (name[length] == '\0' && length == 0) {
		return ERR_INVALID;
	}
	/* The key of a brace itself. */
	if (length == 0 && name[1] == '}') {
		length = 1;
	}
	code = length == 1 ? code_of_held(*name, &held)
			   : find_named(name, length);
	if (code == 0 || name[length] != '}') {
		return ERR_INVALID;
	}
	*text = name + length + 1;
	return (int)press_and_release(code, held, codes);
}

static int next_escaped(const char **text, char *character)
{
	const char *s = *text;
	int high, low;

	switch (s[0]) {
	case 'n':
		*character = '\n';
		break;
	case 't':
		*character = '\t';
		break;
	case 'e':
		*character = 0x1b;
		break;
	case 'x':
		high = str_hex_value(s[1]);
		low = high < 0 ? -1 : str_hex_value(s[2]);
		if (low < 0) {
			return ERR_INVALID;
		}
		*character = (char)(high << 4 | low);
		*text += 2;
		break;
	default:
		*character = s[0];
		break;
	}
	if (s[0] == '\0') {
		return ERR_INVALID;
	}
	*text += 1;
	return 0;
}

int pc_keys_next(const char **text, u8 codes[PC_KEYS_CODES])
{
	char character = **text;
	u32 count;

	if (character == '\0') {
		return 0;
	}
	*text += 1;
	if (character == '{') {
		return next_named(text, codes);
	}
	if (character == '\\' && next_escaped(text, &character) != 0) {
		return ERR_INVALID;
	}
	count = pc_keys_of(character, codes);
	return count == 0 ? ERR_INVALID : (int)count;
}
