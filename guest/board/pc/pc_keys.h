/*
 * Keys of a PC keyboard with the US layout, by what a person types: scan codes
 * of set 1, pressed and released. Pure.
 */
#pragma once

#include "lib/types.h"

#define PC_KEYS_CODES 12u /* that one key may need, with what is held down */

/* The codes for a character; 0 where no key gives it. */
u32 pc_keys_of(char character, u8 codes[PC_KEYS_CODES]);

/*
 * The next key of a text: a character; \n, \t, \e or \xNN; or {F1} to {F12},
 * {Up}, {Down}, {Left}, {Right}, {Home}, {End}, {PgUp}, {PgDn}, {Ins}, {Del},
 * {Enter}, {Esc}, {Tab}, {Space}, {Backspace}, each and every character also
 * with Ctrl-, Alt- and Shift- before it. Moves *text behind it. The number of
 * codes; 0 at the end of the text; ERR_INVALID for what is no key.
 */
int pc_keys_next(const char **text, u8 codes[PC_KEYS_CODES]);
