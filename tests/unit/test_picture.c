/* The picture: places in it, and no size that it cannot be drawn in. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "monitor/picture.h"

static void places(void **state)
{
	static const struct {
		s32 x, y;
		u32 colour;
	} table[] = {
		{ 0, 0, 0xffffff },	/* the edge */
		{ 799, 599, 0xffffff }, /* and its other end */
		{ 2, 300, 0x4070a0 },	/* the frame */
		{ 135, 470, 0xffffff }, /* the B's upper left corner */
		{ 664, 562, 0xff0000 }, /* where the ramps end */
		{ 664, 569, 0x00ff00 }, { 664, 576, 0x0000ff },
		{ 135, 562, 0x000000 }, /* and begin */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_int_equal(picture_colour(table[i].x, table[i].y, 800,
						600),
				 table[i].colour);
	}
}

/* Lit from the upper left: west of Africa sea, brighter than in the east. */
static void globe(void **state)
{
	u32 west = picture_colour(290, 230, 800, 600);
	u32 africa = picture_colour(420, 200, 800, 600);
	u32 east = picture_colour(560, 300, 800, 600);

	(void)state;
	assert_true((west & 0xff) > (west >> 8 & 0xff));
	assert_true((africa >> 8 & 0xff) > (africa & 0xff));
	assert_true((east & 0xff) < (west & 0xff));
}

/* The sanitizers are the judges. */
static void sizes(void **state)
{
	static const s32 table[][2] = {
		{ 64, 64 },	  { 64, 16384 },  { 16384, 64 },
		{ 16384, 16384 }, { 1280, 1024 }, { 65, 67 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		s32 width = table[i][0], height = table[i][1];

		for (s32 y = 0; y < height; y += height / 64) {
			for (s32 x = 0; x < width; x += width / 64) {
				assert_true(picture_colour(x, y, width,
							   height) <= 0xffffff);
			}
		}
		assert_int_equal(picture_colour(width - 1, height - 1, width,
						height),
				 0xffffff);
	}
}

/* FNV-1a's own test vector: "foobar". */
static void checksum(void **state)
{
	u32 value = PICTURE_CHECKSUM_START;

	(void)state;
	value = picture_checksum(value, 0x666f6f);
	value = picture_checksum(value, 0x626172);
	assert_int_equal(value, 0xbf9cf968);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(globe),
		cmocka_unit_test(sizes),
		cmocka_unit_test(checksum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
