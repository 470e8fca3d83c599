/* The VGA's text screen, in a window, a BIOS data area and a CRTC of the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/fake_memory.h"
#include "tests/unit/fake_ports.h"

#include "arch/console/vga_text.c"

static u8 low[MIB];
static struct text_screen text_memory;
static u8 crtc_index, crtc[256];
static u8 graphics_index, miscellaneous;
static u32 polls;

static u8 port_in(u16 port)
{
	switch (port) {
	case 0x3d4:
		return crtc_index;
	case 0x3ce:
		return graphics_index;
	default:
		assert_int_equal(port, 0x3cf);
		return graphics_index == 6 ? miscellaneous : 0xff;
	}
}

static void port_out(u16 port, u8 value)
{
	switch (port) {
	case 0x3d4:
		crtc_index = value;
		break;
	case 0x3d5:
		crtc[crtc_index] = value;
		break;
	default:
		assert_int_equal(port, 0x3ce);
		graphics_index = value;
	}
}

void console_poll_in_output(void)
{
	polls++;
}

static void put16(u32 at, u16 value)
{
	memcpy(low + at, &value, sizeof(value));
}

static u16 get16(u32 at)
{
	u16 value;

	memcpy(&value, low + at, sizeof(value));
	return value;
}

/* The cell of a row and a column on page `page`: its character. */
static char shown(u32 page, u32 row, u32 col)
{
	return (char)low[0xb8000 + page * 0x1000 + (row * 80 + col) * 2];
}

static void check_shown(u32 page, u32 row, u32 col, const char *string)
{
	for (u32 i = 0; string[i] != '\0'; i++) {
		assert_int_equal(shown(page, row, col + i), string[i]);
	}
}

/* Mode 3 with what BIOS and loader have written: a letter a row. */
static void start(u8 row, u8 col)
{
	memset(low, 0, sizeof(low));
	test_memory = low;
	for (u32 page = 0; page < 8; page++) {
		for (u32 i = 0; i < 25 * 80; i++) {
			put16(0xb8000 + page * 0x1000 + i * 2,
			      (u16)(0x0700 + 'a' + i / 80));
		}
	}
	low[0x449] = 3;
	put16(0x44a, 80);
	low[0x484] = 24;
	low[0x450] = col;
	low[0x451] = row;
	crtc_index = 0x12;
	graphics_index = 0x05;
	miscellaneous = 0x0e;
	assert_true(vga_text_init(&text_memory, 0xb8000, 80, 25, 160));
}

static void say(const char *string)
{
	vga_text_sink.write(NULL, string, strlen(string), COLOUR_NONE);
}

static void check_cursor(u32 page, u32 row, u32 col)
{
	u32 at = page * 0x800 + row * 80 + col;

	assert_int_equal(get16(0x450 + 2 * page), row << 8 | col);
	assert_int_equal(crtc[0x0e] << 8 | crtc[0x0f], at);
	/* Whoever was interrupted finds both indices as they were. */
	assert_int_equal(crtc_index, 0x12);
	assert_int_equal(graphics_index, 0x05);
}

/* It goes on where the BIOS's cursor is, and touches nothing else. */
static void test_goes_on(void **state)
{
	(void)state;
	start(5, 7);
	say("one two three\nnext");
	check_shown(0, 5, 0, "fffffffone two three");
	assert_int_equal(shown(0, 5, 20), 'f');
	check_shown(0, 6, 0, "nextg");
	assert_int_equal(low[0xb8000 + (5 * 80 + 7) * 2 + 1], 0x07);
	for (u32 row = 0; row < 25; row++) {
		assert_int_equal(shown(0, row, 79), 'a' + row);
		assert_int_equal(shown(1, row, 0), 'a' + row);
	}
	check_cursor(0, 6, 4);
	vga_text_sink.write(NULL, "!", 1, COLOUR_RED);
	assert_int_equal(low[0xb8000 + (6 * 80 + 4) * 2 + 1], 0x0c);
	/* A UART is looked at for each row that is read or written. */
	polls = 0;
	say("a\nb\nc\n");
	assert_in_range(polls, 2, 4);
	polls = 0;
	vga_text_may_have_changed();
	say("d");
	assert_in_range(polls, 25, 27);
}

static void test_scrolls(void **state)
{
	(void)state;
	start(24, 0);
	say("last\n");
	assert_int_equal(shown(0, 0, 0), 'b');
	check_shown(0, 23, 0, "lastyy");
	assert_int_equal(shown(0, 24, 0), ' ');
	check_cursor(0, 24, 0);
}

/* A guest has moved the cursor, or written; the next text is behind that. */
static void test_after_a_guest(void **state)
{
	(void)state;
	start(0, 0);
	say("xy");
	check_shown(0, 0, 0, "xya");
	low[0x450] = 10;
	low[0x451] = 12;
	put16(0xb8000 + (12 * 80 + 9) * 2, 0x0700 + 'G');
	vga_text_sync_from_bda();
	say("z\n");
	assert_int_equal(shown(0, 12, 9), 'G');
	assert_int_equal(shown(0, 12, 10), 'z');
	check_cursor(0, 13, 0);
	/* What it wrote elsewhere moves up with the rest. */
	put16(0xb8000 + (20 * 80 + 3) * 2, 0x0700 + 'H');
	vga_text_may_have_changed();
	for (u32 i = 0; i < 12; i++) {
		say("\n");
	}
	assert_int_equal(shown(0, 19, 3), 'H');
	/* That was once: what nobody tells of is not looked for. */
	put16(0xb8000 + (10 * 80 + 3) * 2, 0x0700 + 'I');
	for (u32 i = 0; i < 12; i++) {
		say("\n");
	}
	for (u32 row = 0; row < 25; row++) {
		assert_int_not_equal(shown(0, row, 3), 'I');
	}
}

/* Another page, with its own cursor; a position beyond the screen. */
static void test_pages(void **state)
{
	(void)state;
	start(1, 1);
	low[0x462] = 2;
	put16(0x44e, 0x2000);
	put16(0x454, 0x0304);
	vga_text_sync_from_bda();
	say("p");
	assert_int_equal(shown(2, 3, 4), 'p');
	assert_int_equal(shown(0, 3, 4), 'd');
	assert_int_equal(get16(0x454), 0x0305);
	assert_int_equal(crtc[0x0e] << 8 | crtc[0x0f], 0x1000 + 3 * 80 + 5);
	start(200, 200);
	say("q");
	/* Its row has moved up since. */
	assert_int_equal(shown(0, 23, 79), 'q');
}

/* In graphics there is nothing to write to, by the data area or by the chip. */
static void test_graphics(void **state)
{
	(void)state;
	for (u32 what = 0; what < 3; what++) {
		start(2, 0);
		if (what == 0) {
			low[0x449] = 0x12;
		} else if (what == 1) {
			put16(0x44a, 40);
		} else {
			miscellaneous = 0x0f;
		}
		vga_text_sync_from_bda();
		say("nothing");
		check_shown(0, 2, 0, "ccccccc");
		assert_int_equal(graphics_index, 0x05);
	}
	/* Where it comes back, so does the text. */
	miscellaneous = 0x0e;
	vga_text_sync_from_bda();
	say("here");
	check_shown(0, 2, 0, "herec");
}

/* A data area that says more rows than fit, or none. */
static void test_rows(void **state)
{
	static const u8 last[] = { 0, 255 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(last); i++) {
		start(24, 0);
		low[0x484] = last[i];
		vga_text_sync_from_bda();
		say("end");
		check_shown(0, 24, 0, "end");
	}
	/* Fewer rows end earlier. */
	start(24, 0);
	low[0x484] = 20;
	vga_text_sync_from_bda();
	say("end");
	check_shown(0, 20, 0, "end");
}

static void test_refused(void **state)
{
	(void)state;
	test_memory = low;
	assert_false(vga_text_init(&text_memory, 0xb0000, 80, 25, 160));
	assert_false(vga_text_init(&text_memory, 0xb8000, 0, 25, 160));
	assert_false(vga_text_init(&text_memory, 0xb8000, 80, 0, 160));
	assert_false(vga_text_init(&text_memory, 0xb8000, 80, 25, 158));
	assert_false(vga_text_init(&text_memory, 0xb8000, 80, 25, 161));
	assert_false(vga_text_init(&text_memory, 0xb8000, 80, 205, 160));
	assert_false(vga_text_init(&text_memory, 0xb8000, 256, 25, 512));
	assert_true(vga_text_init(&text_memory, 0xb8000, 80, 204, 160));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goes_on),
		cmocka_unit_test(test_scrolls),
		cmocka_unit_test(test_after_a_guest),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_graphics),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
