/*
 * What stands on the keys: a table a layout, of the characters of ASCII alone.
 * Pure.
 */
#pragma once

#include "arch/console/key.h"

enum keymap_level {
	KEYMAP_PLAIN,
	KEYMAP_SHIFT,
	KEYMAP_ALTGR,
	KEYMAP_LEVELS,
};

#define KEYMAP_KEYS 48u

struct keymap {
	const char *name;
	/* By place, row after row; a blank where a key has no character. */
	const char *on[KEYMAP_LEVELS];
	/* Those of a level that wait for the next key; NULL: none. */
	const char *dead[KEYMAP_LEVELS];
};

/* The layouts, the one of the US first; ended by one without a name. */
extern const struct keymap keymaps[];
#define KEYMAP_NAMES "us|uk|de|fr|es"

/* NULL: there is no such layout. */
const struct keymap *keymap_find(const char *name);

/* The character of a key; 0: none. *dead: it waits for the next key. */
char keymap_character(const struct keymap *map, u8 key, enum keymap_level level,
		      bool *dead);
