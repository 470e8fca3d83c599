/*
 * The layouts, as the national standards and the keyboards sold have them; where
 * those of several systems differ, as in X11. Read-only tables.
 */
/* build: pure */
#include "arch/console/keymap.h"

#include "lib/str.h"
#include "lib/string.h"

/* In the order of struct keymap's strings: four rows, from left to right. */
static const u8 places[] = {
	/* the key left of 1, the digits, two more */
	0x35, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2d,
	0x2e,
	/* QWERTYUIOP of a US keyboard, two more */
	0x14, 0x1a, 0x08, 0x15, 0x17, 0x1c, 0x18, 0x0c, 0x12, 0x13, 0x2f, 0x30,
	/* ASDFGHJKL, two more, the key at Enter */
	0x04, 0x16, 0x07, 0x09, 0x0a, 0x0b, 0x0d, 0x0e, 0x0f, 0x33, 0x34, 0x31,
	/* the 102nd key, ZXCVBNM, three more */
	0x64, 0x1d, 0x1b, 0x06, 0x19, 0x05, 0x11, 0x10, 0x36, 0x37, 0x38
};
static_assert(ARRAY_SIZE(places) == KEYMAP_KEYS, "as the strings have them");

#define KEY_NEAR_ENTER 0x31
#define KEY_NEAR_ENTER_ELSEWHERE 0x32 /* the same key's number outside the US */

const struct keymap keymaps[] = {
	{ .name = "us",
	  .on = { "`1234567890-="
		  "qwertyuiop[]"
		  "asdfghjkl;'\\"
		  "\\zxcvbnm,./",
		  "~!@#$%^&*()_+"
		  "QWERTYUIOP{}"
		  "ASDFGHJKL:\"|"
		  "|ZXCVBNM<>?" } },
	{ .name = "uk",
	  .on = { "`1234567890-="
		  "qwertyuiop[]"
		  "asdfghjkl;'#"
		  "\\zxcvbnm,./",
		  " !\" $%^&*()_+"
		  "QWERTYUIOP{}"
		  "ASDFGHJKL:@~"
		  "|ZXCVBNM<>?" } },
	{ .name = "de",
	  .on = { "^1234567890  "
		  "qwertzuiop +"
		  "asdfghjkl  #"
		  "<yxcvbnm,.-",
		  " !\" $%&/()=?`"
		  "QWERTZUIOP *"
		  "ASDFGHJKL  '"
		  ">YXCVBNM;:_",
		  "       {[]}\\ "
		  "@          ~"
		  "            "
		  "|          " },
	  .dead = { "^", "`" } },
	{ .name = "fr",
	  .on = { " & \"'(- _  )="
		  "azertyuiop^$"
		  "qsdfghjklm *"
		  "<wxcvbn,;:!",
		  " 1234567890 +"
		  "AZERTYUIOP  "
		  "QSDFGHJKLM% "
		  ">WXCVBN?./ ",
		  "  ~#{[|`\\^@]}"
		  "            "
		  "            "
		  "           " },
	  .dead = { "^" } },
	{ .name = "es",
	  .on = { " 1234567890' "
		  "qwertyuiop`+"
		  "asdfghjkl   "
		  "<zxcvbnm,.-",
		  " !\" $%&/()=? "
		  "QWERTYUIOP^*"
		  "ASDFGHJKL   "
		  ">ZXCVBNM;:_",
		  "\\|@#~        "
		  "          []"
		  "          {}"
		  "           " },
	  .dead = { "`", "^" } },
	{ 0 },
};

const struct keymap *keymap_find(const char *name)
{
	for (const struct keymap *map = keymaps; map->name != NULL; map++) {
		if (str_equal(map->name, name)) {
			return map;
		}
	}
	return NULL;
}

char keymap_character(const struct keymap *map, u8 key, enum keymap_level level,
		      bool *dead)
{
	const char *on = map->on[level];
	const char *dead_ones = map->dead[level];

	*dead = false;
	if (key == KEY_NEAR_ENTER_ELSEWHERE) {
		key = KEY_NEAR_ENTER;
	}
	for (size_t i = 0; on != NULL && i < ARRAY_SIZE(places); i++) {
		if (places[i] == key && on[i] != ' ') {
			*dead = dead_ones != NULL &&
				strchr(dead_ones, on[i]) != NULL;
			return on[i];
		}
	}
	return 0;
}
