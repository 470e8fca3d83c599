/*
 * Drawing on screens of pixels of every kind: each pixel is compared with the
 * font's own bits, or the picture's, and nothing beside the screen is touched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/console/font.h"
#include "arch/console/surface.h"
#include "lib/error.h"

#define UNTOUCHED 0x5a

#define RGB(bits, red_at, red, green_at, green, blue_at, blue)                 \
	{                                                                      \
		.present = true, .type = BOOTINFO_FRAMEBUFFER_RGB,             \
		.bpp = (bits), .red_position = (red_at), .red_bits = (red),    \
		.green_position = (green_at), .green_bits = (green),           \
		.blue_position = (blue_at), .blue_bits = (blue)                \
	}

static const struct bootinfo_framebuffer formats[] = {
	RGB(32, 16, 8, 8, 8, 0, 8),	/* most of them */
	RGB(32, 0, 8, 8, 8, 16, 8),	/* red first in memory */
	RGB(32, 24, 8, 16, 8, 8, 8),	/* the unused byte first */
	RGB(32, 20, 10, 10, 10, 0, 10), /* 30 bits of colour */
	RGB(24, 16, 8, 8, 8, 0, 8),	RGB(24, 0, 8, 8, 8, 16, 8),
	RGB(16, 11, 5, 5, 6, 0, 5),	RGB(15, 10, 5, 5, 5, 0, 5),
	RGB(16, 0, 5, 5, 6, 11, 5),
};

static u8 *memory;
static struct surface surface;
static struct cell_style style;

static const rgb some_colours[SURFACE_COLOURS] = {
	0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa,
	0xaa5500, 0xaaaaaa, 0x555555, 0x5555ff, 0x55ff55, 0x55ffff,
	0xff5555, 0xff55ff, 0xffff55, 0xffffff,
};

static void begin(struct bootinfo_framebuffer framebuffer, u32 width,
		  u32 height, u32 more_pitch, u32 scale)
{
	u64 bytes;

	framebuffer.width = width;
	framebuffer.height = height;
	framebuffer.pitch = width * ((framebuffer.bpp + 7u) / 8) + more_pitch;
	assert_int_equal(surface_init(&surface, &framebuffer), 0);
	/* Exactly what there is, for the sanitizer's sake. */
	bytes = surface_bytes(&surface);
	memory = malloc(bytes);
	memset(memory, UNTOUCHED, bytes);
	surface.base = memory;
	style.scale = scale;
	for (u32 i = 0; i < SURFACE_COLOURS; i++) {
		style.pixel[i] = pixel_of(&surface.format, some_colours[i]);
	}
}

static u32 pixel_read(u32 x, u32 y)
{
	u32 pixel = 0;

	memcpy(&pixel,
	       memory + (size_t)y * surface.pitch + x * surface.format.bytes,
	       surface.format.bytes);
	return pixel;
}

static u32 untouched(void)
{
	u32 pixel = 0;

	memset(&pixel, UNTOUCHED, surface.format.bytes);
	return pixel;
}

static void check_padding(void)
{
	u32 used = surface.width * surface.format.bytes;

	for (u32 y = 0; y + 1 < surface.height; y++) {
		for (u32 i = used; i < surface.pitch; i++) {
			assert_int_equal(memory[y * surface.pitch + i],
					 UNTOUCHED);
		}
	}
}

/* The pixel of these cells at x, y of the first one's corner. */
static u32 cell_pixel(const u16 *cells, u32 x, u32 y)
{
	u16 cell = cells[x / (FONT_WIDTH * style.scale)];
	u32 column = x / style.scale % FONT_WIDTH;
	u8 row = font_glyphs[(cell & 0xff) - FONT_FIRST][y / style.scale];

	return row & 0x80u >> column ? style.pixel[cell >> 8 & 0xf]
				     : style.pixel[cell >> 12];
}

static void check_cells(const u16 *cells, u32 left, u32 top, u32 count)
{
	u32 width = count * FONT_WIDTH * style.scale;
	u32 height = FONT_HEIGHT * style.scale;

	for (u32 y = 0; y < surface.height; y++) {
		for (u32 x = 0; x < surface.width; x++) {
			bool in = x >= left && x < left + width && y >= top &&
				  y < top + height;

			assert_int_equal(pixel_read(x, y),
					 in ? cell_pixel(cells, x - left,
							 y - top)
					    : untouched());
		}
	}
	check_padding();
}

static void test_cells(void **state)
{
	static const u16 cells[] = { 0x0700 | 'B', 0x0700 | 'i', 0x1e00 | 0xe4,
				     0xf000 | 0x80, 0xf000 | '_' };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(formats); i++) {
		for (u32 scale = 1; scale <= SURFACE_SCALE_MAX; scale++) {
			begin(formats[i], 250, 100, i % 3 * 12, scale);
			surface_draw_cells(&surface, &style, 24, 16, cells, 5);
			check_cells(cells, 24, 16, 5);
			free(memory);
		}
	}
}

/* A cell that has not all of its room is not drawn at all. */
static void test_edges(void **state)
{
	static const u16 cells[] = { 0x0700 | 'x', 0x0700 | 'y', 0x0700 | 'z' };

	(void)state;
	begin(formats[4], 39, 31, 5, 1);
	surface_draw_cells(&surface, &style, 20, 15, cells, 3);
	check_cells(cells, 20, 15, 2);
	surface_draw_cells(&surface, &style, 32, 0, cells, 1);
	surface_draw_cells(&surface, &style, 0, 16, cells, 1);
	surface_draw_cells(&surface, &style, UINT32_MAX, UINT32_MAX, cells, 1);
	surface_draw_cursor(&surface, &style, 32, 0, 2);
	check_cells(cells, 20, 15, 2);
	surface_draw_cursor(&surface, &style, 0, 15, 2);
	assert_int_equal(pixel_read(0, 28), untouched());
	assert_int_equal(pixel_read(0, 29), style.pixel[7]);
	assert_int_equal(pixel_read(7, 30), style.pixel[7]);
	assert_int_equal(pixel_read(8, 30), untouched());
	surface_clear(&surface, (struct rectangle){ 10, 10, 1000, 1000 });
	assert_int_equal(pixel_read(38, 30), 0);
	assert_int_equal(pixel_read(9, 10), untouched());
	surface_clear(&surface, (struct rectangle){ 39, 31, 1, 1 });
	surface_clear(&surface, (struct rectangle){ 0, 0, 0, 40 });
	check_padding();
	free(memory);
}

static void test_unknown_characters(void **state)
{
	(void)state;
	assert_ptr_equal(font_glyph(0), font_glyph(FONT_UNKNOWN));
	assert_ptr_equal(font_glyph(0x1f), font_glyph(FONT_UNKNOWN));
	assert_ptr_not_equal(font_glyph(' '), font_glyph(FONT_UNKNOWN));
	assert_ptr_equal(font_glyph(0xff), font_glyphs[FONT_GLYPHS - 1]);
}

/* Lines of boxes meet, and a whole block is whole: the right glyphs are there. */
static void test_lines_meet(void **state)
{
	u8 all = 0xff;

	(void)state;
	for (u32 i = 0; i < FONT_POINTS; i++) {
		const u8 *glyph = font_glyph((u8)(FONT_UNKNOWN + i));

		for (u32 row = 0; row < FONT_HEIGHT; row++) {
			if (font_points[i] == 0x2588) {
				all &= glyph[row];
			}
			if (font_points[i] == 0x2502) {
				assert_int_equal(glyph[row], glyph[0]);
				assert_int_not_equal(glyph[row], 0);
			}
		}
	}
	assert_int_equal(all, 0xff);
	assert_int_equal(font_points[0], 0xfffd);
}

static u32 brightness(const struct bootinfo_framebuffer *framebuffer,
		      rgb colour)
{
	struct pixel_format format;

	assert_int_equal(pixel_format_init(&format, framebuffer), 0);
	return pixel_of(&format, colour);
}

static void test_colours(void **state)
{
	(void)state;
	assert_int_equal(brightness(&formats[0], 0x123456), 0x123456);
	assert_int_equal(brightness(&formats[1], 0x123456), 0x563412);
	assert_int_equal(brightness(&formats[2], 0x123456), 0x12345600);
	assert_int_equal(brightness(&formats[3], 0xffffff), 0x3fffffff);
	assert_int_equal(brightness(&formats[6], 0xff0000), 0xf800);
	assert_int_equal(brightness(&formats[6], 0x00ff00), 0x07e0);
	assert_int_equal(brightness(&formats[6], 0x0000ff), 0x001f);
	assert_int_equal(brightness(&formats[6], 0x808080), 0x8410);
	assert_int_equal(brightness(&formats[7], 0xffffff), 0x7fff);
}

static void test_refusals(void **state)
{
	struct bootinfo_framebuffer fb = formats[0];

	(void)state;
	fb.width = 640;
	fb.height = 480;
	fb.pitch = 640 * 4;
	assert_int_equal(surface_init(&surface, &fb), 0);
	fb.pitch--;
	assert_int_equal(surface_init(&surface, &fb), ERR_CORRUPT);
	fb.pitch = 640 * 4;
	fb.height = 0;
	assert_int_equal(surface_init(&surface, &fb), ERR_CORRUPT);
	fb.height = 480;
	fb.red_position = 25;
	assert_int_equal(surface_init(&surface, &fb), ERR_CORRUPT);
	fb.red_position = 255;
	fb.red_bits = 255;
	assert_int_equal(surface_init(&surface, &fb), ERR_CORRUPT);
	fb.red_bits = fb.green_bits = fb.blue_bits = 0;
	fb.red_position = 0;
	assert_int_equal(surface_init(&surface, &fb), ERR_CORRUPT);
	fb = formats[0];
	fb.bpp = 8;
	assert_int_equal(surface_init(&surface, &fb), ERR_UNSUPPORTED);
	fb.bpp = 64;
	assert_int_equal(surface_init(&surface, &fb), ERR_UNSUPPORTED);
	fb.bpp = 32;
	fb.type = BOOTINFO_FRAMEBUFFER_INDEXED;
	assert_int_equal(surface_init(&surface, &fb), ERR_UNSUPPORTED);
}

/* Each pixel of the area is that of the picture at the same part of the way. */
static void check_picture(const struct picture *picture,
			  rgb (*colour)(u32, u32), struct rectangle area)
{
	for (u32 y = 0; y < surface.height; y++) {
		for (u32 x = 0; x < surface.width; x++) {
			u32 wanted = untouched();

			if (x >= area.x && y >= area.y &&
			    x - area.x < area.width &&
			    y - area.y < area.height) {
				wanted = pixel_of(
					&surface.format,
					colour((x - area.x) * picture->width /
						       area.width,
					       (y - area.y) * picture->height /
						       area.height));
			}
			assert_int_equal(pixel_read(x, y), wanted);
		}
	}
	check_padding();
}

#define PICTURE_WIDTH 40u
#define PICTURE_HEIGHT 25u

static rgb true_colour(u32 x, u32 y)
{
	return x * 0x060000 + y * 0x000a00 + (x ^ y);
}

static rgb palette[256];

static rgb palette_colour(u32 x, u32 y)
{
	return palette[(u8)(x * 7 + y)];
}

static void test_pictures(void **state)
{
	static const struct rectangle areas[] = {
		{ 0, 0, PICTURE_WIDTH, PICTURE_HEIGHT },
		{ 3, 5, 3 * PICTURE_WIDTH, 2 * PICTURE_HEIGHT },
		{ 1, 1, 57, 61 },   /* no whole number of times */
		{ 7, 9, 13, 11 },   /* smaller */
		{ 150, 80, 90, 70 } /* reaches beyond */
	};
	static rgb true_pixels[PICTURE_HEIGHT][PICTURE_WIDTH];
	static u8 palette_pixels[PICTURE_HEIGHT][PICTURE_WIDTH + 3];
	const struct picture with_palette = { palette_pixels, PICTURE_WIDTH,
					      PICTURE_HEIGHT, PICTURE_WIDTH + 3,
					      palette };
	const struct picture without = { true_pixels, PICTURE_WIDTH,
					 PICTURE_HEIGHT,
					 PICTURE_WIDTH * sizeof(rgb), NULL };

	(void)state;
	for (u32 i = 0; i < 256; i++) {
		palette[i] = i * 0x010305 & 0xffffff;
	}
	for (u32 y = 0; y < PICTURE_HEIGHT; y++) {
		for (u32 x = 0; x < PICTURE_WIDTH; x++) {
			true_pixels[y][x] = true_colour(x, y);
			palette_pixels[y][x] = (u8)(x * 7 + y);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++) {
		begin(formats[i], 200, 120, 4, 1);
		surface_draw_picture(&surface, &without, 0, PICTURE_HEIGHT,
				     areas[i]);
		check_picture(&without, true_colour, areas[i]);
		free(memory);
		begin(formats[i + 4], 200, 120, 0, 1);
		/* In parts, as what changes is drawn. */
		surface_draw_picture(&surface, &with_palette, 10, 99, areas[i]);
		surface_draw_picture(&surface, &with_palette, 0, 10, areas[i]);
		check_picture(&with_palette, palette_colour, areas[i]);
		free(memory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_unknown_characters),
		cmocka_unit_test(test_lines_meet),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_pictures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
