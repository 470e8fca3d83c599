/* What is drawn, dot by dot, and that only what has changed is drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "guest/board/pc/vga_ascii.h"
#include "guest/board/pc/vga_screen.h"
#include "tests/unit/vga_world.h"

static struct vga_screen screen;
static u32 picture[VGA_MAX_HEIGHT][VGA_MAX_WIDTH];
static u32 width, height, sizes;
static struct vga_blink blink;

static void take_size(void *context, u32 new_width, u32 new_height)
{
	assert_ptr_equal(context, picture);
	width = new_width;
	height = new_height;
	sizes++;
}

static void take_row(void *context, u32 y, const u32 *pixels, u32 row_width)
{
	assert_ptr_equal(context, picture);
	assert_int_equal(row_width, width);
	assert_in_range(y, 0, height - 1);
	memcpy(picture[y], pixels, row_width * sizeof(*pixels));
}

static u32 draw(void)
{
	static const struct vga_sink sink = { take_size, take_row, picture };

	return vga_screen_draw(&screen, &vga, &blink, &sink);
}

static int setup(void **state)
{
	(void)state;
	fresh_vga();
	memset(&screen, 0, sizeof(screen));
	blink = (struct vga_blink){ true, true };
	sizes = 0;
	return 0;
}

/* The colour that vga_world.h gives a number. */
static u32 colour(u8 n)
{
	u32 part[3], pixel = 0;

	for (u32 i = 0; i < 3; i++) {
		part[i] = (i + 1) * n & 0x3f;
		pixel = pixel << 8 | part[i] << 2 | (part[i] & 1) * 3;
	}
	return pixel;
}

/* Dots of a row from x on, the first in the highest bit. */
static u32 dots(u32 x, u32 y, u8 count, u32 front, u32 back)
{
	u32 found = 0;

	for (u8 i = 0; i < count; i++) {
		u32 pixel = picture[y][x + i];

		assert_true(pixel == front || pixel == back);
		found = found << 1 | (pixel == front);
	}
	return found;
}

static void put(u32 row, u32 column, u8 character, u8 attribute)
{
	text[(row * 80 + column) * 2] = character;
	text[(row * 80 + column) * 2 + 1] = attribute;
}

static void set_font(u8 number, u8 character, u8 line, u8 shape)
{
	memory[4 * (number * 8192 + character * 32 + line) + 2] = shape;
	vga.font_changes++;
}

static void text_mode(void)
{
	set_mode(&mode_03);
	out_index(0x3d4, 0x0e, 0xff); /* no cursor */
}

static void test_blank(void **state)
{
	(void)state;
	text_mode();
	put(0, 0, 0, 0x77);
	in(0x3da);
	out(0x3c0, 0);
	assert_int_equal(draw(), 400);
	assert_int_equal(width, 720);
	assert_int_equal(height, 400);
	assert_int_equal(picture[0][0], 0);
	out(0x3c0, 0x20);
	in(0x3da);
	out(0x3c0, 0x20);
	assert_int_equal(draw(), 400);
	assert_int_equal(picture[0][0], colour(7));
	out_index(0x3c4, 1, 0x20);
	draw();
	assert_int_equal(picture[0][0], 0);
	assert_int_equal(sizes, 1);
}

/* The ninth dot: of C0h-DFh as the eighth, of others the background. */
static void test_nine_dots(void **state)
{
	(void)state;
	text_mode();
	set_font(0, 0xbf, 3, 0x81);
	set_font(0, 0xc0, 3, 0x81);
	set_font(0, 0xdf, 3, 0x81);
	set_font(0, 0xe0, 3, 0x81);
	put(0, 0, 0xbf, 0x17);
	put(0, 1, 0xc0, 0x17);
	put(24, 79, 0xdf, 0x17);
	put(1, 0, 0xe0, 0x17);
	draw();
	assert_int_equal(dots(0, 3, 9, colour(7), colour(1)), 0x102);
	assert_int_equal(dots(9, 3, 9, colour(7), colour(1)), 0x103);
	assert_int_equal(dots(711, 387, 9, colour(7), colour(1)), 0x103);
	assert_int_equal(dots(0, 19, 9, colour(7), colour(1)), 0x102);
	out_attribute(0x10, 0x08);
	draw();
	assert_int_equal(dots(9, 3, 9, colour(7), colour(1)), 0x102);
	out_index(0x3c4, 1, 1);
	draw();
	assert_int_equal(width, 640);
	assert_int_equal(dots(8, 3, 8, colour(7), colour(1)), 0x81);
	out_index(0x3c4, 1, 8);
	draw();
	assert_int_equal(width, 1280);
	assert_int_equal(dots(16, 3, 16, colour(7), colour(1)), 0xc003);
}

/* Attribute bit 3 chooses between the two fonts of the map register. */
static void test_fonts(void **state)
{
	static const u8 maps[][3] = { { 0x00, 0, 0 }, { 0x04, 0, 2 },
				      { 0x01, 2, 0 }, { 0x2c, 0, 7 },
				      { 0x13, 7, 0 }, { 0x3f, 7, 7 },
				      { 0x20, 0, 1 }, { 0x10, 1, 0 } };

	(void)state;
	text_mode();
	for (u8 font = 0; font < 8; font++) {
		set_font(font, 0x41, 15, 0x80 | font);
	}
	put(0, 0, 0x41, 0x02);
	put(0, 1, 0x41, 0x0a);
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		out_index(0x3c4, 3, maps[i][0]);
		draw();
		assert_int_equal(dots(0, 15, 8, colour(2), colour(0)),
				 0x80 | maps[i][1]);
		assert_int_equal(dots(9, 15, 8, colour(0x3a), colour(0)),
				 0x80 | maps[i][2]);
	}
}

/* Blinking takes an attribute's bit 7 from the background. */
static void test_blinking(void **state)
{
	(void)state;
	text_mode();
	set_font(0, 0x41, 0, 0xf0);
	put(3, 2, 0x41, 0x94);
	put(4, 2, 0x41, 0x14);
	draw();
	assert_int_equal(dots(18, 48, 8, colour(4), colour(1)), 0xf0);
	blink.text = false;
	assert_int_equal(draw(), 16);
	assert_int_equal(dots(18, 48, 8, colour(4), colour(1)), 0);
	assert_int_equal(dots(18, 64, 8, colour(4), colour(1)), 0xf0);
	out_attribute(0x10, 4);
	draw();
	assert_int_equal(dots(18, 48, 8, colour(4), colour(0x39)), 0xf0);
	blink.text = true;
	assert_int_equal(draw(), 0);
}

static void test_cursor(void **state)
{
	(void)state;
	text_mode();
	put(1, 4, 0, 0x17);
	out_index(0x3d4, 0x0e, 0);
	out_index(0x3d4, 0x0f, 84);
	draw();
	for (u8 line = 0; line < 16; line++) {
		assert_int_equal(dots(36, 16 + line, 9, colour(7), colour(1)),
				 line == 13 || line == 14 ? 0x1ff : 0);
	}
	blink.cursor = false;
	assert_int_equal(draw(), 2);
	assert_int_equal(dots(36, 29, 9, colour(7), colour(1)), 0);
	blink.cursor = true;
	out_index(0x3d4, 0x0a, 0x2d);
	assert_int_equal(draw(), 0);
	out_index(0x3d4, 0x0a, 0x0f); /* begins behind its end */
	assert_int_equal(draw(), 0);
	out_index(0x3d4, 0x0a, 0x00);
	assert_int_equal(draw(), 15);
}

static void test_underline(void **state)
{
	(void)state;
	text_mode();
	out_index(0x3d4, 0x14, 0x0c);
	put(0, 0, 0, 0x01);
	put(0, 1, 0, 0x09);
	put(0, 2, 0, 0x07);
	put(0, 3, 0, 0x11);
	draw();
	assert_int_equal(dots(0, 12, 9, colour(1), colour(0)), 0x1ff);
	assert_int_equal(dots(9, 12, 9, colour(0x39), colour(0)), 0x1ff);
	assert_int_equal(dots(18, 12, 9, colour(7), colour(0)), 0);
	assert_int_equal(dots(0, 11, 9, colour(1), colour(0)), 0);
}

/* Start address, panning by bytes, dots and rows, and the split screen. */
static void test_text_moves(void **state)
{
	(void)state;
	text_mode();
	set_font(0, 0x41, 0, 0x80);
	put(2, 3, 0x41, 0x07);
	put(0, 0, 0x41, 0x17);
	out_index(0x3d4, 0x0d, 80);
	draw();
	assert_int_equal(dots(27, 16, 9, colour(7), colour(0)), 0x100);
	out_index(0x3d4, 0x08, 0x20); /* a character to the left */
	draw();
	assert_int_equal(dots(18, 16, 9, colour(7), colour(0)), 0x100);
	out_index(0x3d4, 0x08, 0x05); /* five lines up */
	draw();
	assert_int_equal(dots(27, 11, 9, colour(7), colour(0)), 0x100);
	out_attribute(0x13, 0); /* a dot to the left */
	draw();
	assert_int_equal(dots(26, 11, 9, colour(7), colour(0)), 0x100);
	/* From line 100 on place 0, panned as well, and then not. */
	out_index(0x3d4, 0x18, 99);
	out_index(0x3d4, 0x07, 0x0f);
	out_index(0x3d4, 0x09, 0x0f);
	draw();
	assert_int_equal(dots(0, 100, 8, colour(7), colour(1)), 0);
	out_attribute(0x10, 0x2c);
	draw();
	assert_int_equal(dots(0, 100, 9, colour(7), colour(1)), 0x100);
	assert_int_equal(dots(26, 11, 9, colour(7), colour(0)), 0x100);
}

static void test_planar(void **state)
{
	(void)state;
	set_mode(&mode_12);
	memcpy(memory + 4 * (80 * 479 + 79), "\x0f\x33\x55\x81", 4);
	draw();
	assert_int_equal(width, 640);
	assert_int_equal(height, 480);
	for (u8 i = 0; i < 8; i++) {
		static const u8 index[] = { 8, 4, 2, 6, 1, 5, 3, 15 };
		static const u8 palette[] = { 0,    1,	  2,	3,
					      4,    5,	  0x14, 7,
					      0x38, 0x39, 0x3a, 0x3b,
					      0x3c, 0x3d, 0x3e, 0x3f };

		assert_int_equal(picture[479][632 + i],
				 colour(palette[index[i]]));
	}
	out_attribute(0x12, 0x01);
	assert_int_equal(draw(), 480);
	assert_int_equal(dots(632, 479, 8, colour(1), colour(0)), 0x0f);
	/* One row of memory: it alone is drawn. */
	memory[4 * 80 * 7] = 0x80;
	assert_int_equal(draw(), 1);
	assert_int_equal(dots(0, 7, 8, colour(1), colour(0)), 0x80);
	out_attribute(0x13, 3);
	memory[4 * 80 * 8] = 0x10;
	draw();
	assert_int_equal(dots(0, 8, 8, colour(1), colour(0)), 0x80);
	/* Palettes: P54S and the page register; the DAC's mask. */
	out_attribute(0x10, 0x81);
	out_attribute(0x14, 0x06);
	draw();
	assert_int_equal(picture[8][0], colour(0x61));
	out_attribute(0x10, 0x01);
	draw();
	assert_int_equal(picture[8][0], colour(0x41));
	out(0x3c6, 0xbf);
	draw();
	assert_int_equal(picture[8][0], colour(0x01));
}

/* Double lines and double dots; then the unchained mode that is as high. */
static void test_bytes(void **state)
{
	(void)state;
	set_mode(&mode_13);
	memory[320 * 100 + 7] = 200;
	draw();
	assert_int_equal(width, 640);
	assert_int_equal(height, 400);
	for (u32 i = 0; i < 4; i++) {
		assert_int_equal(picture[200 + i / 2][14 + i % 2], colour(200));
	}
	assert_int_equal(picture[202][14], colour(0));
	assert_int_equal(picture[199][14], colour(0));
	assert_int_equal(picture[200][16], colour(0));
	out_attribute(0x13, 4); /* two of them */
	draw();
	assert_int_equal(picture[200][10], colour(200));
	out_index(0x3d4, 0x09, 0x40);
	draw();
	assert_int_equal(picture[100][10], colour(200));
	assert_int_equal(picture[101][10], colour(0));
}

/* Odd lines of CGA are 8 KiB further, each twice. */
static void test_cga(void **state)
{
	(void)state;
	set_mode(&mode_03);
	out_index(0x3d4, 0x11, 0);
	out_index(0x3c4, 1, 0x09);
	out_index(0x3ce, 5, 0x30);
	out_index(0x3ce, 6, 0x0f);
	out_index(0x3d4, 0x01, 39);
	out_index(0x3d4, 0x09, 0xc1);
	out_index(0x3d4, 0x13, 0x14);
	out_index(0x3d4, 0x17, 0xa2);
	text[1] = 0x1b; /* 0, 1, 2, 3 in the second four */
	text[0x2000 + 80] = 0x40;
	draw();
	assert_int_equal(width, 640);
	assert_int_equal(height, 400);
	for (u8 i = 0; i < 8; i++) {
		assert_int_equal(picture[1][8 + i], colour(i / 2));
	}
	assert_int_equal(picture[2][10], colour(0));
	assert_int_equal(picture[6][0], colour(1));
	assert_int_equal(picture[7][1], colour(1));
	assert_int_equal(picture[5][0], colour(0));
	assert_int_equal(picture[6][2], colour(0));
}

static void test_vbe(void **state)
{
	static const struct {
		u16 depth;
		u8 bytes[4];
		u32 pixel;
	} rows[] = {
		{ 8, { 201 }, 0 },
		{ 15, { 0x21, 0x84 }, 0x080808 },
		{ 15, { 0x1f, 0x7c }, 0xff00ff },
		{ 16, { 0x21, 0x84 }, 0x848608 },
		{ 16, { 0xe0, 0x07 }, 0x00ff00 },
		{ 24, { 0x12, 0x34, 0x56 }, 0x563412 },
		{ 32, { 0x12, 0x34, 0x56, 0x78 }, 0x563412 },
	};

	(void)state;
	set_mode(&mode_13);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 bytes = (rows[i].depth + 7u) / 8, at = (333 * 400 + 17);

		out_vbe(4, 0);
		out_vbe(1, 320);
		out_vbe(2, 240);
		out_vbe(3, rows[i].depth);
		out_vbe(4, 1);
		out_vbe(6, 400);
		out_vbe(9, 100);
		memcpy(memory + at * bytes, rows[i].bytes, bytes);
		draw();
		assert_int_equal(width, 320);
		assert_int_equal(height, 240);
		assert_int_equal(picture[233][17], rows[i].depth == 8
							   ? colour(201)
							   : rows[i].pixel);
		memory[at * bytes - 1] ^= 0x10;
		assert_int_equal(draw(), 1);
	}
}

static void test_vbe_planar(void **state)
{
	(void)state;
	set_mode(&mode_12);
	out_vbe(1, 800);
	out_vbe(2, 600);
	out_vbe(3, 4);
	out_vbe(4, 1);
	vga_memory_write(&vga, 100 * 599 + 99, 0x01);
	draw();
	assert_int_equal(width, 800);
	assert_int_equal(height, 600);
	assert_int_equal(picture[599][799], colour(0x3f));
	assert_int_equal(picture[599][798], colour(0));
}

static void test_only_changes(void **state)
{
	(void)state;
	text_mode();
	assert_int_equal(draw(), 400);
	assert_int_equal(draw(), 0);
	put(7, 7, 'A', 7);
	assert_int_equal(draw(), 16);
	out_colour(0, 1, 2, 3);
	assert_int_equal(draw(), 400);
	set_font(0, 'B', 0, 1);
	assert_int_equal(draw(), 400);
	out_colour(100, 1, 2, 3); /* no attribute leads there */
	assert_int_equal(draw(), 0);
	assert_int_equal(sizes, 1);
}

/* Registers without sense give a picture of some size, or none. */
static void test_odd_sizes(void **state)
{
	(void)state;
	text_mode();
	out_index(0x3d4, 0x11, 0);
	out_index(0x3d4, 0x12, 3);
	out_index(0x3d4, 0x07, 0);
	assert_int_equal(draw(), 0);
	assert_int_equal(sizes, 0);
	out_index(0x3d4, 0x12, 0xff);
	out_index(0x3d4, 0x07, 0x42);
	out_index(0x3d4, 0x01, 0xff);
	out_index(0x3c4, 1, 0x08);
	assert_int_equal(draw(), 1024);
	assert_int_equal(width, 4096);
}

static void test_ascii(void **state)
{
	char line[100];

	(void)state;
	text_mode();
	assert_int_equal(vga_text_size(&vga).rows, 25);
	assert_int_equal(vga_text_size(&vga).columns, 80);
	put(24, 1, 'A', 7);
	put(24, 2, 0xc4, 7);
	put(24, 3, 0xdb, 7);
	put(24, 4, 0, 7);
	put(24, 5, 0x10, 7);
	put(24, 6, 0xff, 7);
	put(24, 79, 0xba, 7);
	vga_text_line(&vga, 24, line, sizeof(line));
	assert_string_equal(line,
			    " A-# >                                       "
			    "                                  |");
	vga_text_line(&vga, 24, line, 5);
	assert_string_equal(line, " A-#");
	vga_text_line(&vga, 23, line, sizeof(line));
	assert_string_equal(line, "");
	vga_text_line(&vga, 25, line, sizeof(line));
	assert_string_equal(line, "");
	out_index(0x3d4, 0x0d, 80);
	vga_text_line(&vga, 23, line, 3);
	assert_string_equal(line, " A");
	/* In the lower half of a split screen the text's first row. */
	put(0, 0, 'Z', 7);
	out_index(0x3d4, 0x07, 0x0f);
	out_index(0x3d4, 0x09, 0x0f);
	out_index(0x3d4, 0x18, 159);
	vga_text_line(&vga, 10, line, sizeof(line));
	assert_string_equal(line, "Z");
	set_mode(&mode_13);
	assert_int_equal(vga_text_size(&vga).rows, 0);
	vga_text_line(&vga, 0, line, sizeof(line));
	assert_string_equal(line, "");
}

/* All of code page 437 becomes ASCII that can be printed. */
static void test_all_characters(void **state)
{
	char line[2];

	(void)state;
	text_mode();
	for (u32 i = 0; i < 256; i++) {
		put(0, 0, (u8)i, 7);
		vga_text_line(&vga, 0, line, sizeof(line));
		assert_true(line[0] == '\0' ||
			    (line[0] > ' ' && line[0] < 0x7f));
		if (i > ' ' && i < 0x7f) {
			assert_int_equal(line[0], i);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_blank, setup),
		cmocka_unit_test_setup(test_nine_dots, setup),
		cmocka_unit_test_setup(test_fonts, setup),
		cmocka_unit_test_setup(test_blinking, setup),
		cmocka_unit_test_setup(test_cursor, setup),
		cmocka_unit_test_setup(test_underline, setup),
		cmocka_unit_test_setup(test_text_moves, setup),
		cmocka_unit_test_setup(test_planar, setup),
		cmocka_unit_test_setup(test_bytes, setup),
		cmocka_unit_test_setup(test_cga, setup),
		cmocka_unit_test_setup(test_vbe, setup),
		cmocka_unit_test_setup(test_vbe_planar, setup),
		cmocka_unit_test_setup(test_only_changes, setup),
		cmocka_unit_test_setup(test_odd_sizes, setup),
		cmocka_unit_test_setup(test_ascii, setup),
		cmocka_unit_test_setup(test_all_characters, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
