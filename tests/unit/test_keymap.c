/*
 * Layouts: that each types every character of ASCII, and what stands on the
 * keys where layouts differ. Keys are named by their place on a US keyboard.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/console/typing.h"

#define KEY_E 0x08
#define KEY_Q 0x14
#define KEY_Y 0x1c
#define KEY_2 0x1f
#define KEY_7 0x24
#define KEY_8 0x25
#define KEY_9 0x26
#define KEY_EQUAL 0x2e
#define KEY_OPEN 0x2f
#define KEY_CLOSE 0x30
#define KEY_BACKSLASH 0x31
#define KEY_HASH 0x32
#define KEY_QUOTE 0x34
#define KEY_GRAVE 0x35
#define KEY_SLASH 0x38

static char text[64];
static size_t length;

static void event(struct typing *typing, u8 key, bool pressed)
{
	char bytes[TYPING_MAX_BYTES];
	size_t n =
		typing_feed(typing, (struct key_event){ key, pressed }, bytes);

	assert_true(n <= sizeof(bytes) && length + n < sizeof(text));
	memcpy(text + length, bytes, n);
	length += n;
	text[length] = '\0';
}

static void tap(struct typing *typing, u8 key)
{
	event(typing, key, true);
	event(typing, key, false);
}

/* Types keys with a modifier held down (KEY_NONE: without), from new. */
static const char *type(struct typing *typing, u8 modifier, const u8 *keys,
			size_t count)
{
	length = 0;
	text[0] = '\0';
	if (modifier != KEY_NONE) {
		event(typing, modifier, true);
	}
	for (size_t i = 0; i < count; i++) {
		tap(typing, keys[i]);
	}
	if (modifier != KEY_NONE) {
		event(typing, modifier, false);
	}
	return text;
}

#define TYPE(typing, modifier, ...)                                            \
	type(typing, modifier, (const u8[]){ __VA_ARGS__ },                    \
	     sizeof((const u8[]){ __VA_ARGS__ }))

static struct typing layout(const char *name)
{
	struct typing typing = { .map = keymap_find(name) };

	assert_non_null(typing.map);
	return typing;
}

static void test_names(void **state)
{
	char names[64] = "";

	(void)state;
	for (const struct keymap *map = keymaps; map->name != NULL; map++) {
		assert_ptr_equal(keymap_find(map->name), map);
		strcat(strcat(names, names[0] == '\0' ? "" : "|"), map->name);
	}
	assert_string_equal(names, KEYMAP_NAMES);
	assert_null(keymap_find("dvorak"));
	assert_null(keymap_find(""));
}

/* A string for each level that is as long as there are keys; blanks apart. */
static void test_tables(void **state)
{
	(void)state;
	for (const struct keymap *map = keymaps; map->name != NULL; map++) {
		for (u32 level = 0; level < KEYMAP_LEVELS; level++) {
			const char *on = map->on[level];
			const char *dead = map->dead[level];

			assert_true(on != NULL || level == KEYMAP_ALTGR);
			if (on != NULL) {
				assert_int_equal(strlen(on), KEYMAP_KEYS);
			}
			for (; dead != NULL && *dead != '\0'; dead++) {
				assert_non_null(on);
				assert_non_null(strchr(on, *dead));
			}
		}
	}
}

/* Whether c comes of some key with that modifier, and the space bar if need be. */
static bool can_type(const struct keymap *map, char c)
{
	static const u8 modifiers[] = { KEY_NONE, KEY_LEFT_SHIFT,
					KEY_RIGHT_ALT };
	const char wanted[2] = { c };

	for (size_t m = 0; m < ARRAY_SIZE(modifiers); m++) {
		for (u8 key = KEY_A; key <= KEY_102ND; key++) {
			struct typing typing = { .map = map };

			type(&typing, modifiers[m], &key, 1);
			if (strcmp(text, wanted) == 0) {
				return true;
			}
			if (length == 0 && typing.dead == c) {
				tap(&typing, KEY_SPACE);
				return strcmp(text, wanted) == 0;
			}
		}
	}
	return false;
}

static void test_all_of_ascii(void **state)
{
	(void)state;
	for (const struct keymap *map = keymaps; map->name != NULL; map++) {
		for (char c = ' '; c <= '~'; c++) {
			if (!can_type(map, c)) {
				fail_msg("%s has no '%c'", map->name, c);
			}
		}
	}
}

static void test_us(void **state)
{
	struct typing us = layout("us");

	(void)state;
	assert_string_equal(TYPE(&us, KEY_NONE, KEY_Q, KEY_Y, KEY_GRAVE,
				 KEY_BACKSLASH, KEY_HASH, KEY_102ND),
			    "qy`\\\\\\");
	/* It has no third level: the right Alt key is one as any other. */
	assert_string_equal(TYPE(&us, KEY_RIGHT_ALT, KEY_Q, KEY_2), "q2");
}

static void test_german(void **state)
{
	struct typing de = layout("de");

	(void)state;
	assert_string_equal(TYPE(&de, KEY_NONE, KEY_Y, KEY_Z, KEY_SLASH,
				 KEY_HASH, KEY_BACKSLASH, KEY_CLOSE, KEY_102ND),
			    "zy-##+<");
	assert_string_equal(TYPE(&de, KEY_LEFT_SHIFT, KEY_Y, KEY_2, KEY_7,
				 KEY_SLASH, KEY_HASH),
			    "Z\"/_'");
	assert_string_equal(TYPE(&de, KEY_RIGHT_ALT, KEY_Q, KEY_7, KEY_8, KEY_9,
				 KEY_0, KEY_MINUS, KEY_CLOSE, KEY_102ND),
			    "@{[]}\\~|");
	/* What is no ASCII is nothing. */
	assert_string_equal(TYPE(&de, KEY_NONE, KEY_MINUS, KEY_QUOTE), "");
	assert_string_equal(TYPE(&de, KEY_RIGHT_ALT, KEY_E), "");
}

static void test_ctrl_and_alt(void **state)
{
	struct typing de = layout("de");

	(void)state;
	event(&de, KEY_LEFT_CTRL, true);
	assert_string_equal(TYPE(&de, KEY_LEFT_ALT, KEY_Q), "@");
	/* Ctrl alone goes by what stands on the key: this is Ctrl-Z. */
	assert_string_equal(TYPE(&de, KEY_NONE, KEY_Y, KEY_A), "\032\001");
	event(&de, KEY_LEFT_CTRL, false);
}

static void test_french(void **state)
{
	struct typing fr = layout("fr");

	(void)state;
	assert_string_equal(TYPE(&fr, KEY_NONE, KEY_Q, KEY_A, KEY_Z, KEY_1,
				 KEY_8, 0x33, 0x10),
			    "aqw&_m,");
	assert_string_equal(TYPE(&fr, KEY_LEFT_SHIFT, KEY_1, KEY_2, KEY_0,
				 0x10),
			    "120?");
	/* Caps Lock is for letters; the row above gives digits with Shift. */
	assert_string_equal(TYPE(&fr, KEY_NONE, KEY_CAPS_LOCK, KEY_Q, KEY_1,
				 KEY_CAPS_LOCK, KEY_Q),
			    "A&a");
	assert_string_equal(TYPE(&fr, KEY_RIGHT_ALT, KEY_9), "^");
}

static void test_spanish_and_british(void **state)
{
	struct typing es = layout("es");
	struct typing uk = layout("uk");

	(void)state;
	assert_string_equal(TYPE(&es, KEY_RIGHT_ALT, KEY_GRAVE, KEY_1, KEY_2,
				 KEY_OPEN, KEY_BACKSLASH),
			    "\\|@[}");
	assert_string_equal(TYPE(&uk, KEY_LEFT_SHIFT, KEY_2, KEY_QUOTE,
				 KEY_HASH, KEY_102ND),
			    "\"@~|");
	assert_string_equal(TYPE(&uk, KEY_NONE, KEY_HASH, KEY_102ND), "#\\");
}

static void test_dead_keys(void **state)
{
	struct typing de = layout("de");
	struct typing es = layout("es");

	(void)state;
	assert_string_equal(TYPE(&de, KEY_NONE, KEY_GRAVE), "");
	assert_string_equal(TYPE(&de, KEY_NONE, KEY_SPACE), "^");
	assert_string_equal(TYPE(&de, KEY_NONE, KEY_GRAVE, KEY_GRAVE), "^");
	/* With anything else it comes in front, arrows included. */
	assert_string_equal(TYPE(&de, KEY_NONE, KEY_GRAVE, KEY_A), "^a");
	assert_string_equal(TYPE(&de, KEY_NONE, KEY_GRAVE, KEY_LEFT),
			    "^\033[D");
	assert_string_equal(TYPE(&de, KEY_NONE, KEY_GRAVE, KEY_PAUSE, KEY_A),
			    "^a");
	/* Two different ones. */
	assert_string_equal(TYPE(&es, KEY_NONE, KEY_OPEN), "");
	assert_string_equal(TYPE(&es, KEY_LEFT_SHIFT, KEY_OPEN), "`^");
	assert_string_equal(TYPE(&es, KEY_NONE, KEY_A), "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_all_of_ascii),
		cmocka_unit_test(test_us),
		cmocka_unit_test(test_german),
		cmocka_unit_test(test_ctrl_and_alt),
		cmocka_unit_test(test_french),
		cmocka_unit_test(test_spanish_and_british),
		cmocka_unit_test(test_dead_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
