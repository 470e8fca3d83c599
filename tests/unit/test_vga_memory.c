/* The window: planes and the data path, plain memory, whole strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/vga_world.h"

static int setup(void **state)
{
	(void)state;
	fresh_vga();
	set_mode(&mode_12);
	return 0;
}

static u32 planes_at(u32 place)
{
	u32 planes;

	memcpy(&planes, memory + 4 * place, sizeof(planes));
	return planes;
}

static void set_planes(u32 place, u32 planes)
{
	memcpy(memory + 4 * place, &planes, sizeof(planes));
}

/*
 * What a write makes of a byte in each plane. Before it, the latch is loaded with
 * 0F3355FFh: FFh in plane 0, 55h, 33h, 0Fh in plane 3.
 */
static void test_data_path(void **state)
{
	static const struct {
		u8 planes, set, set_enable, rotate, mode, bit_mask, value;
		u32 after;
	} rows[] = {
		{ 15, 0, 0, 0, 0, 0xff, 0xa5, 0xa5a5a5a5 },
		{ 5, 0, 0, 0, 0, 0xff, 0xa5, 0x0fa555a5 },
		{ 15, 0, 0, 4, 0, 0xff, 0xa5, 0x5a5a5a5a },
		{ 15, 0, 0, 1, 0, 0xff, 0x01, 0x80808080 },
		{ 15, 0, 0, 0, 0, 0xf0, 0xa5, 0xafa3a5af },
		{ 15, 0, 0, 0x08, 0, 0xff, 0xa5, 0x052105a5 },
		{ 15, 0, 0, 0x10, 0, 0xff, 0xa5, 0xafb7f5ff },
		{ 15, 0, 0, 0x18, 0, 0xff, 0xa5, 0xaa96f05a },
		{ 15, 0x0a, 0x0e, 0, 0, 0xff, 0xa5, 0xff00ffa5 },
		{ 15, 0x0a, 0x0e, 0, 0, 0x0f, 0xa5, 0x0f305ff5 },
		{ 15, 0, 0, 0, 1, 0x00, 0xa5, 0x0f3355ff },
		{ 3, 0, 0, 0, 1, 0x00, 0xa5, 0xeeee55ff },
		{ 15, 0, 0, 0, 2, 0xff, 0xf6, 0x00ffff00 },
		{ 15, 0, 0, 0x10, 2, 0x81, 0x01, 0x0f3355ff },
		{ 15, 9, 0, 0, 3, 0xf0, 0x3c, 0x3f0345ff },
		{ 15, 9, 0, 4, 3, 0xf0, 0x3c, 0xcf3315ff },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set_planes(100, 0x0f3355ff);
		set_planes(200, rows[i].planes == 3 ? 0xeeeeeeee : 0x0f3355ff);
		out_index(0x3c4, 2, rows[i].planes);
		out_index(0x3ce, 0, rows[i].set);
		out_index(0x3ce, 1, rows[i].set_enable);
		out_index(0x3ce, 3, rows[i].rotate);
		out_index(0x3ce, 5, rows[i].mode);
		out_index(0x3ce, 8, rows[i].bit_mask);
		vga_memory_read(&vga, 100);
		vga_memory_write(&vga, 200, rows[i].value);
		assert_int_equal(planes_at(200), rows[i].after);
	}
}

static void test_reads(void **state)
{
	(void)state;
	set_planes(0xffff, 0x0f3355ff);
	for (u8 plane = 0; plane < 4; plane++) {
		out_index(0x3ce, 4, plane);
		assert_int_equal(vga_memory_read(&vga, 0xffff),
				 0x0f3355ff >> 8 * plane & 0xff);
	}
	assert_int_equal(vga.latch, 0x0f3355ff);
	out_index(0x3ce, 5, 8);
	out_index(0x3ce, 2, 5);
	/* Where bits of planes 0 to 3 are 1, 0, 1, 0; then without plane 2. */
	assert_int_equal(vga_memory_read(&vga, 0xffff), 0x20);
	out_index(0x3ce, 7, 0x0b);
	assert_int_equal(vga_memory_read(&vga, 0xffff), 0xa0);
	out_index(0x3ce, 7, 0);
	assert_int_equal(vga_memory_read(&vga, 0xffff), 0xff);
}

/* The miscellaneous register chooses what answers; the rest is not there. */
static void test_windows(void **state)
{
	static const u32 rows[4][2] = { { 0, 0x20000 },
					{ 0, 0x10000 },
					{ 0x10000, 0x18000 },
					{ 0x18000, 0x20000 } };

	(void)state;
	for (u8 map = 0; map < 4; map++) {
		out_index(0x3ce, 6, (u8)(map << 2 | 1));
		memset(memory, 0, sizeof(memory));
		for (u32 at = 0; at < 0x20000; at += 0x8000) {
			bool there = at >= rows[map][0] && at < rows[map][1];

			vga_memory_write(&vga, at, 0x77);
			assert_int_equal(vga_memory_read(&vga, at),
					 there ? 0x77 : 0xff);
		}
	}
}

/* Bit 1 of a plane's address is the guest's bit 0, the plane its bit 0. */
static void test_odd_even(void **state)
{
	(void)state;
	out_index(0x3c4, 4, 2);
	out_index(0x3ce, 5, 0x10);
	out_index(0x3ce, 6, 0x0f);
	vga_memory_write(&vga, 0x18002, 0x11);
	vga_memory_write(&vga, 0x18003, 0x22);
	/* Byte mode: the address is as it is, without its lowest bit. */
	assert_int_equal(planes_at(2), 0x22112211);
	assert_int_equal(vga_memory_read(&vga, 0x18003), 0x22);
	/* Word mode. */
	out_index(0x3d4, 0x17, 0xa3);
	vga_memory_write(&vga, 0x1800a, 0x33);
	vga_memory_write(&vga, 0x1800b, 0x44);
	assert_int_equal(planes_at(5), 0x44334433);
	assert_int_equal(vga_memory_read(&vga, 0x1800a), 0x33);
	assert_int_equal(vga_memory_read(&vga, 0x1800b), 0x44);
}

static void assert_plain(u32 at, u32 bytes, const u8 *where)
{
	struct vga_plain plain;

	vga_plain(&vga, &plain);
	assert_int_equal(plain.at, at);
	assert_int_equal(plain.bytes, bytes);
	assert_ptr_equal(plain.memory, where);
}

static void test_text_is_plain(void **state)
{
	u32 changes;

	(void)state;
	assert_plain(0, 0, NULL);
	set_planes(1, 0x44332211);
	changes = vga.plain_changes;
	set_mode(&mode_03);
	assert_plain(0x18000, 0x8000, text);
	assert_true(vga.plain_changes != changes);
	assert_int_equal(text[2], 0x11);
	assert_int_equal(text[3], 0x22);
	text[0x7ffe] = 0x55;
	text[0x7fff] = 0x66;
	assert_int_equal(vga_memory_read(&vga, 0x1ffff), 0x66);
	vga_memory_write(&vga, 0x18002, 0x77);
	assert_int_equal(text[2], 0x77);
	/* Fonts are written past the text, which comes home. */
	changes = vga.plain_changes;
	out_index(0x3c4, 2, 4);
	assert_plain(0, 0, NULL);
	assert_int_equal(vga.plain_changes, changes + 1);
	assert_int_equal(planes_at(1), 0x44332277);
	assert_int_equal(planes_at(0x3fff), 0x6655);
	out_index(0x3c4, 2, 3);
	assert_plain(0x18000, 0x8000, text);
	out_index(0x3ce, 6, 0x0a);
	assert_plain(0x10000, 0x8000, text);
}

/* Each register by which text is no longer plain. */
static void test_text_is_not_plain(void **state)
{
	static const u8 rows[][3] = {
		{ 0xc4, 2, 1 },	      { 0xc4, 2, 7 },	 { 0xc4, 4, 6 },
		{ 0xc4, 4, 0x0a },    { 0xce, 1, 1 },	 { 0xce, 3, 1 },
		{ 0xce, 3, 8 },	      { 0xce, 4, 2 },	 { 0xce, 5, 0 },
		{ 0xce, 5, 0x11 },    { 0xce, 5, 0x18 }, { 0xce, 6, 2 },
		{ 0xce, 6, 6 },	      { 0xce, 8, 0xfe }, { 0xd4, 0x14, 0x5f },
		{ 0xd4, 0x17, 0xe3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fresh_vga();
		set_mode(&mode_03);
		assert_plain(0x18000, 0x8000, text);
		out_index(0x300 | rows[i][0], rows[i][1], rows[i][2]);
		assert_plain(0, 0, NULL);
	}
}

static void test_chained_is_plain(void **state)
{
	(void)state;
	set_mode(&mode_13);
	assert_plain(0, 0x10000, memory);
	vga_memory_write(&vga, 0x1235, 9);
	assert_int_equal(memory[0x1235], 9);
	out_index(0x3c4, 2, 1);
	assert_plain(0, 0, NULL);
	vga_memory_write(&vga, 0x1235, 8);
	vga_memory_write(&vga, 0x1234, 7);
	assert_int_equal(memory[0x1235], 9);
	assert_int_equal(memory[0x1234], 7);
	assert_int_equal(vga_memory_read(&vga, 0x1235), 9);
	/* Mode X: planes, a place for each address. */
	out_index(0x3c4, 4, 6);
	out_index(0x3c4, 2, 4);
	out_index(0x3d4, 0x14, 0);
	vga_memory_write(&vga, 0x1000, 5);
	assert_int_equal(planes_at(0x1000), 0x00050000);
}

static void test_vbe_is_plain(void **state)
{
	(void)state;
	out_vbe(1, 640);
	out_vbe(2, 480);
	out_vbe(3, 8);
	out_vbe(4, 1);
	assert_plain(0, 0x10000, memory);
	out_vbe(5, 3);
	assert_plain(0, 0x10000, memory + 0x30000);
	vga_memory_write(&vga, 0xffff, 0x5a);
	assert_int_equal(memory[0x3ffff], 0x5a);
	out_vbe(5, 0x13);
	assert_int_equal(in_vbe(5), 3);
	/* Four bits a pixel are planes; a bank is 64 KiB of each. */
	out_vbe(3, 4);
	out_vbe(5, 1);
	assert_plain(0, 0, NULL);
	vga_memory_write(&vga, 2, 0xc3);
	assert_int_equal(planes_at(0x10002), 0xc3c3c3c3);
	assert_int_equal(vga_memory_read(&vga, 2), 0xc3);
	out_vbe(4, 0);
	assert_int_equal(vga.bank, 0);
}

/* --- Strings are as many single accesses -------------------------------- */

static const struct vga_string strings[] = {
	{ 0, 1, false },     { 1, 1, false },	  { 37, 1, false },
	{ 1000, 1, true },   { 512, 2, false },	  { 300, 4, true },
	{ 0x9000, 1, true }, { 70000, 2, false }, { 3, 1, true },
};

/* Planes, memory mode, graphics mode, miscellaneous register. */
static const u8 states[][4] = {
	{ 15, 6, 0, 5 }, { 15, 6, 1, 5 },    { 5, 6, 1, 5 },
	{ 6, 6, 2, 5 },	 { 9, 6, 3, 1 },     { 15, 2, 0x10, 7 },
	{ 15, 6, 1, 7 }, { 15, 0x0e, 0, 5 }, { 7, 6, 1, 9 },
};

static void prepare(const u8 *registers, u32 other)
{
	fresh_vga();
	set_mode(&mode_12);
	for (u32 byte = 0; byte < VGA_PLANES_BYTES; byte++) {
		memory[byte] = (u8)(byte * 7 + byte / 251);
	}
	out_index(0x3c4, 2, registers[0]);
	out_index(0x3c4, 4, registers[1]);
	out_index(0x3ce, 5, registers[2]);
	out_index(0x3ce, 6, registers[3]);
	out_index(0x3ce, 3, 0x18);
	out_index(0x3ce, 8, 0x7e);
	vga_memory_read(&vga, 0x4000 + other);
}

static void fill_slowly(const struct vga_string *s, u32 at, u32 value)
{
	for (u32 i = 0; i < s->count && at < VGA_WINDOW_BYTES; i++) {
		for (u8 byte = 0; byte < s->bytes; byte++) {
			vga_memory_write(&vga, at + byte,
					 (u8)(value >> 8 * byte));
		}
		at += s->down ? -(u32)s->bytes : s->bytes;
	}
}

static void move_slowly(const struct vga_string *s, u32 to, u32 from)
{
	for (u32 i = 0;
	     i < s->count && to < VGA_WINDOW_BYTES && from < VGA_WINDOW_BYTES;
	     i++) {
		u8 element[4];

		for (u8 byte = 0; byte < s->bytes; byte++) {
			element[byte] = vga_memory_read(&vga, from + byte);
		}
		for (u8 byte = 0; byte < s->bytes; byte++) {
			vga_memory_write(&vga, to + byte, element[byte]);
		}
		to += s->down ? -(u32)s->bytes : s->bytes;
		from += s->down ? -(u32)s->bytes : s->bytes;
	}
}

static void compare(const u8 *registers, const struct vga_string *s, u32 at,
		    u32 value)
{
	static u8 quick[VGA_PLANES_BYTES];
	u32 latch, fonts;

	prepare(registers, at);
	vga_fill(&vga, s, at, value);
	vga_move(&vga, s, at + 3, 0x5003);
	vga_move(&vga, s, 0x9001, at);
	memcpy(quick, memory, sizeof(quick));
	latch = vga.latch;
	fonts = vga.font_changes;
	prepare(registers, at);
	fill_slowly(s, at, value);
	move_slowly(s, at + 3, 0x5003);
	move_slowly(s, 0x9001, at);
	assert_memory_equal(quick, memory, sizeof(quick));
	assert_int_equal(latch, vga.latch);
	assert_int_equal(fonts != 0, vga.font_changes != 0);
}

static void test_strings(void **state)
{
	static const u32 places[] = {
		0, 0x500, 0x9001, 0xfffe, 0x18005, 0x1ffff
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(states); j++) {
			u32 at = places[(i + j) % ARRAY_SIZE(places)];

			compare(states[j], &strings[i], at, 0xa5a5a5a5);
			compare(states[j], &strings[i], at, 0x12345678);
			compare(states[j], &strings[i], 0x9001, 0xff00ff);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_data_path, setup),
		cmocka_unit_test_setup(test_reads, setup),
		cmocka_unit_test_setup(test_windows, setup),
		cmocka_unit_test_setup(test_odd_even, setup),
		cmocka_unit_test_setup(test_text_is_plain, setup),
		cmocka_unit_test_setup(test_text_is_not_plain, setup),
		cmocka_unit_test_setup(test_chained_is_plain, setup),
		cmocka_unit_test_setup(test_vbe_is_plain, setup),
		cmocka_unit_test(test_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
