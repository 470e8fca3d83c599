/*
 * Rows of text: characters with their attributes, two fonts in plane 2, and the
 * cursor. IBM's reference, "Alphanumeric Modes" and "Attribute Controller".
 */
/* build: pure hot */
#include "guest/board/pc/vga_draw.h"

#include "guest/board/pc/vga_planes.h"
#include "guest/board/pc/vga_screen.h"

#define FONT_PLACES 8192u
#define CHARACTER_PLACES 32u
/* Of these the ninth dot is as the eighth, so that lines go on. */
#define LINES_FIRST 0xc0
#define LINES_LAST 0xdf

/* An attribute's colours and its underline, as they are in one row. */
struct look {
	u32 front, back;
	bool underlined;
};

/* Which font: by attribute bit 3, 0 and 1. Bit 2 of a number lies apart. */
static u32 font_place(const struct vga *vga, u8 which)
{
	u8 map = vga->sequencer[SEQ_FONTS];
	u32 number = which ? (map >> 5 & 1u) | (map >> 1 & 6u)
			   : (map >> 4 & 1u) | ((u32)map << 1 & 6u);

	return number * FONT_PLACES;
}

static struct look look_of(const struct vga_pen *pen, u8 attribute, u8 scan)
{
	const struct vga *vga = pen->vga;
	bool blinks = (vga->attribute[ATTR_MODE] & ATTR_MODE_BLINK) != 0;
	struct look look = {
		.front = pen->colour[attribute & 15],
		.back = pen->colour[attribute >> 4 & (blinks ? 7 : 15)],
		.underlined = (attribute & 0x77) == 1 &&
			      scan == (vga->crtc[CRTC_UNDERLINE] & 0x1f),
	};

	if (blinks && (attribute & 0x80) != 0 && !pen->show_text) {
		look.front = look.back;
	}
	return look;
}

s32 vga_cursor_column(const struct vga_pen *pen, u32 place, u8 scan)
{
	const u8 *crtc = pen->vga->crtc;
	u32 cursor = (u32)crtc[CRTC_CURSOR_HIGH] << 8 | crtc[CRTC_CURSOR_LOW];
	u32 column = cursor - place;

	if (!pen->show_cursor || column > pen->frame->columns ||
	    (crtc[CRTC_CURSOR_START] & CRTC_CURSOR_START_OFF) != 0 ||
	    scan < (crtc[CRTC_CURSOR_START] & 0x1f) ||
	    scan > (crtc[CRTC_CURSOR_END] & 0x1f)) {
		return -1;
	}
	return (s32)column;
}

/* dots: the first of nine in bit 8. */
static u32 *draw_dots(u32 *pixels, u16 dots, u8 cell, const struct look *look)
{
	if (cell > 9) {
		for (u16 bit = 0x100; bit != 1; bit >>= 1) {
			*pixels++ = dots & bit ? look->front : look->back;
			*pixels++ = dots & bit ? look->front : look->back;
		}
		return pixels;
	}
	for (u8 i = 0; i < cell; i++) {
		*pixels++ = dots & 0x100 >> i ? look->front : look->back;
	}
	return pixels;
}

void vga_draw_text(const struct vga_pen *pen, u32 place, u8 scan, u32 *pixels)
{
	const struct vga *vga = pen->vga;
	const u32 font[2] = { font_place(vga, 0), font_place(vga, 1) };
	const u32 *end = pixels + VGA_ROW_PIXELS - 2 * 9;
	s32 cursor = vga_cursor_column(pen, place, scan);
	bool lines = (vga->attribute[ATTR_MODE] & ATTR_MODE_LINES) != 0;

	for (u32 i = 0; i <= pen->frame->columns && pixels < end; i++) {
		u32 cell = vga_planes_at(vga, place + i);
		u8 character = (u8)cell, attribute = (u8)(cell >> 8);
		struct look look = look_of(pen, attribute, scan);
		u32 shape = font[attribute >> 3 & 1] +
			    character * CHARACTER_PLACES + scan;
		u16 dots = (u16)((vga_planes_at(vga, shape) >> 16 & 0xff) << 1);

		if (lines && character >= LINES_FIRST &&
		    character <= LINES_LAST) {
			dots |= dots >> 1 & 1;
		}
		if (look.underlined || (s32)i == cursor) {
			dots = 0x1ff;
		}
		pixels = draw_dots(pixels, dots, pen->frame->cell, &look);
	}
}
