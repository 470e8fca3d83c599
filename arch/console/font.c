/* Finds glyphs in what tools/font.awk has made. Pure. */
/* build: pure */
#include "arch/console/font.h"

const u8 *font_glyph(u8 character)
{
	return font_glyphs[(character < FONT_FIRST ? FONT_UNKNOWN : character) -
			   FONT_FIRST];
}
