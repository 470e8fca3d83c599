/* A guest's picture on screens of several sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guest/board/guest_screen.h"
#include "tests/unit/vga_world.h"

#define WIDTH_MAX 1920u
#define HEIGHT_MAX 1200u

static u32 pixels[HEIGHT_MAX][WIDTH_MAX];
static struct surface surface;
static struct guest_screen screen;

static int setup(void **state)
{
	(void)state;
	fresh_vga();
	memset(pixels, 0x11, sizeof(pixels));
	return 0;
}

static void begin(u32 width, u32 height)
{
	surface = (struct surface){
		.base = (u8 *)pixels,
		.width = width,
		.height = height,
		.pitch = WIDTH_MAX * 4,
		.format = { 4, { 16, 8 }, { 8, 8 }, { 0, 8 } },
	};
	guest_screen_init(&screen, &surface);
}

/* Each corner of the picture in another colour, around it black. */
static void corners(u32 x, u32 y, u32 width, u32 height)
{
	const u32 last_x = x + width - 1, last_y = y + height - 1;

	assert_int_equal(pixels[y][x], 0x0000ff);
	assert_int_equal(pixels[y][last_x], 0x00ff00);
	assert_int_equal(pixels[last_y][x], 0xff0000);
	assert_int_equal(pixels[last_y][last_x], 0xffffff);
	if (x > 0) {
		assert_int_equal(pixels[y][x - 1], 0);
		assert_int_equal(pixels[y][last_x + 1], 0);
	}
	if (y > 0) {
		assert_int_equal(pixels[y - 1][x], 0);
		assert_int_equal(pixels[last_y + 1][x], 0);
	}
}

static void four_corners(void)
{
	set_mode(&mode_13);
	out_colour(0, 0, 0, 0);
	out_colour(1, 0, 0, 63);
	out_colour(2, 0, 63, 0);
	out_colour(3, 63, 0, 0);
	out_colour(4, 63, 63, 63);
	memory[0] = 1;
	memory[319] = 2;
	memory[199 * 320] = 3;
	memory[199 * 320 + 319] = 4;
}

/* The picture is 640x400. */
static void test_places(void **state)
{
	static const u32 rows[][6] = {
		{ 640, 400, 0, 0, 640, 400 },
		{ 640, 480, 0, 40, 640, 400 },
		{ 800, 600, 80, 100, 640, 400 },
		{ 1280, 799, 320, 199, 640, 400 },
		{ 1280, 1024, 0, 112, 1280, 800 },
		{ 1920, 1200, 0, 0, 1920, 1200 },
		/* Smaller than it. */
		{ 320, 240, 0, 20, 320, 200 },
		{ 639, 300, 79, 0, 480, 300 },
	};

	(void)state;
	four_corners();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(rows[i][0], rows[i][1]);
		assert_int_equal(guest_screen_draw(&screen, &vga, 0), 400);
		corners(rows[i][2], rows[i][3], rows[i][4], rows[i][5]);
	}
}

static void test_changes(void **state)
{
	(void)state;
	four_corners();
	begin(1280, 800);
	guest_screen_draw(&screen, &vga, 0);
	assert_int_equal(guest_screen_draw(&screen, &vga, 0), 0);
	memory[320] = 4;
	pixels[400][400] = 0x1234;
	assert_int_equal(guest_screen_draw(&screen, &vga, 0), 2);
	for (u32 y = 0; y < 10; y++) {
		assert_int_equal(pixels[y][3], y < 4   ? 0x0000ff
					       : y < 8 ? 0xffffff
						       : 0);
	}
	assert_int_equal(pixels[400][400], 0x1234);
	/* Another mode: all anew. */
	set_mode(&mode_12);
	assert_int_equal(guest_screen_draw(&screen, &vga, 0), 480);
	assert_int_equal(pixels[400][400], 0);
}

/* Eight pictures of the cursor, sixteen of text, as many without. */
static void test_blinking(void **state)
{
	const u64 picture = 1000000000 / 70;
	u32 cursor = 0, both = 0;

	(void)state;
	set_mode(&mode_03);
	for (u32 i = 0; i < 2000; i++) {
		text[2 * i + 1] = i == 81 ? 0x87 : 0x07;
	}
	memory[4 * 0 + 2] = 0xff;
	begin(720, 400);
	guest_screen_draw(&screen, &vga, 0);
	for (u32 i = 1; i <= 64; i++) {
		u32 rows = guest_screen_draw(&screen, &vga, i * picture + 1000);

		cursor += rows == 2;
		both += rows == 18;
	}
	assert_int_equal(cursor, 4);
	assert_int_equal(both, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_places, setup),
		cmocka_unit_test_setup(test_changes, setup),
		cmocka_unit_test_setup(test_blinking, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
