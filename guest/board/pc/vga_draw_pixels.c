/* Rows of graphics: of 16, 4 and 256 colours in planes, and VBE's pixels. */
/* build: pure hot */
#include "guest/board/pc/vga_draw.h"

#include "guest/board/pc/vga_planes.h"
#include "guest/board/pc/vga_screen.h"

#define DOTS 8

/* Eight dots of a character clock, once or twice each. */
static u32 *put_dots(u32 *pixels, const u8 *index, const struct vga_pen *pen)
{
	u8 times = pen->frame->cell / DOTS;

	for (u8 i = 0; i < DOTS; i++) {
		for (u8 time = 0; time < times; time++) {
			*pixels++ = pen->colour[index[i]];
		}
	}
	return pixels;
}

static u32 shown_planes(const struct vga_pen *pen, u32 place)
{
	return vga_planes_at(pen->vga, place) &
	       vga_spread(pen->vga->attribute[ATTR_PLANES]);
}

/* The nearest pixel that a clock may begin at. */
static const u32 *last_clock(const u32 *pixels)
{
	return pixels + VGA_ROW_PIXELS - 2 * DOTS;
}

void vga_draw_planar(const struct vga_pen *pen, u32 place, u32 *pixels)
{
	const u32 *last = last_clock(pixels);

	for (u32 i = 0; i <= pen->frame->columns && pixels <= last; i++) {
		u32 planes = shown_planes(pen, place + i);
		u8 index[DOTS];

		for (u8 dot = 0; dot < DOTS; dot++) {
			u32 bits = planes >> (DOTS - 1 - dot) & 0x01010101;

			/* Bits 0, 8, 16 and 24 come together in 24 to 27. */
			index[dot] = (u8)(bits * 0x01020408u >> 24);
		}
		pixels = put_dots(pixels, index, pen);
	}
}

/* Four dots of planes 0 and 2, four of 1 and 3; the second gives the high bits. */
void vga_draw_cga(const struct vga_pen *pen, u32 place, u32 *pixels)
{
	const u32 *last = last_clock(pixels);

	for (u32 i = 0; i <= pen->frame->columns && pixels <= last; i++) {
		u32 planes = shown_planes(pen, place + i);
		u8 index[DOTS];

		for (u8 dot = 0; dot < DOTS; dot++) {
			u8 shift = (u8)(dot / 4 * 8 + 6 - dot % 4 * 2);

			index[dot] = (u8)((planes >> shift & 3) |
					  (planes >> (shift + 16) & 3) << 2);
		}
		pixels = put_dots(pixels, index, pen);
	}
}

void vga_draw_bytes(const struct vga_pen *pen, u32 place, u32 *pixels)
{
	const u32 *last = last_clock(pixels);

	for (u32 i = 0; i <= pen->frame->columns && pixels <= last; i++) {
		u32 planes = vga_planes_at(pen->vga, place + i);

		for (u8 dot = 0; dot < DOTS; dot++) {
			*pixels++ = pen->colour[planes >> dot / 2 * 8 & 0xff];
		}
	}
}

/* A part of a pixel with as many bits as eight have, the highest once more. */
static u32 eight_of(u32 pixel, u8 shift, u8 bits)
{
	u32 part = pixel >> shift & ((1u << bits) - 1);

	return part << (8 - bits) | part >> (2 * bits - 8);
}

static u32 pixel_of(const struct vga_pen *pen, u32 at)
{
	const u8 *memory = pen->vga->memory;
	u32 last = pen->vga->bytes - 1, pixel = memory[at & last];

	if (pen->frame->bits == 8) {
		return pen->colour[pixel];
	}
	pixel |= (u32)memory[(at + 1) & last] << 8;
	switch (pen->frame->bits) {
	case 15:
		return eight_of(pixel, 10, 5) << 16 |
		       eight_of(pixel, 5, 5) << 8 | eight_of(pixel, 0, 5);
	case 16:
		return eight_of(pixel, 11, 5) << 16 |
		       eight_of(pixel, 5, 6) << 8 | eight_of(pixel, 0, 5);
	default:
		return pixel | (u32)memory[(at + 2) & last] << 16;
	}
}

void vga_draw_packed(const struct vga_pen *pen, u32 place, u32 *pixels)
{
	u32 bytes = (pen->frame->bits + 7u) / 8;

	for (u32 x = 0; x < pen->frame->width; x++) {
		pixels[x] = pixel_of(pen, place + x * bytes);
	}
}
