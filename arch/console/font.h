/*
 * The font of screens that are drawn: Terminus, 8 by 16 pixels, taken out of
 * Debian's package by tools/font.awk when the kernel is built. Pure.
 *
 * A character of a cell is one byte: ASCII and Latin-1 as they are, and from
 * 7Fh to 9Fh, where these have nothing to show, lines and blocks.
 */
#pragma once

#include "lib/types.h"

#define FONT_WIDTH 8u
#define FONT_HEIGHT 16u

#define FONT_FIRST 0x20u
#define FONT_GLYPHS (0x100u - FONT_FIRST)
#define FONT_UNKNOWN 0x7fu /* stands for what has no glyph */
#define FONT_POINTS 33u	   /* from FONT_UNKNOWN on, by Unicode */

/* A byte a row, from the top; the highest bit is the leftmost pixel. */
extern const u8 font_glyphs[FONT_GLYPHS][FONT_HEIGHT];
extern const u16 font_points[FONT_POINTS];

/* The glyph of a cell's character; below FONT_FIRST it is FONT_UNKNOWN's. */
const u8 *font_glyph(u8 character);
