/* The VGA's registers: read back, protected, by turns; DAC, retrace and VBE. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guest/board/pc/vga_frame.h"
#include "tests/unit/vga_world.h"

static int setup(void **state)
{
	(void)state;
	fresh_vga();
	out(0x3c2, 1);
	return 0;
}

/* Index and data: which bits each register keeps. */
static void test_bits(void **state)
{
	static const u8 sequencer[8] = { 0x03, 0x3d, 0x0f, 0x3f, 0x0e, 0, 0, 0 };
	static const u8 graphics[16] = { 0x0f, 0x0f, 0x0f, 0x1f, 0x03,
					 0x7b, 0x0f, 0x0f, 0xff };

	(void)state;
	for (u8 i = 0; i < 8; i++) {
		out_index(0x3c4, i, 0xff);
		assert_int_equal(in(0x3c4), i);
		assert_int_equal(in(0x3c5), sequencer[i]);
	}
	for (u8 i = 0; i < 16; i++) {
		out_index(0x3ce, i, 0xff);
		assert_int_equal(in(0x3ce), i);
		assert_int_equal(in(0x3cf), graphics[i]);
	}
	for (u8 i = 0; i < 0x30; i++) {
		out_index(0x3d4, i, i == 0x11 ? 0x7f : 0xff);
		assert_int_equal(in(0x3d4), i);
		assert_int_equal(in(0x3d5), i == 0x11  ? 0x7f
					    : i > 0x18 ? 0
						       : 0xff);
	}
	out(0x3c2, 0xff);
	assert_int_equal(in(0x3cc), 0xef);
	assert_int_equal(in(0x3c2), 0);
	out(0x3da, 0xff);
	assert_int_equal(in(0x3ca), 0x10);
	out(0x3c3, 0xfe);
	assert_int_equal(in(0x3c3), 0);
}

/* A write to one port changes what that one shows, and nothing else. */
static void test_apart(void **state)
{
	/* Where it is written, and where it is read. */
	static const u16 ports[][2] = {
		{ 0x3c3, 0x3c3 }, { 0x3c4, 0x3c4 }, { 0x3c2, 0x3cc },
		{ 0x3ce, 0x3ce }, { 0x3d4, 0x3d4 }, { 0x3da, 0x3ca },
		{ 0x3c5, 0x3c5 }, { 0x3cf, 0x3cf }, { 0x3d5, 0x3d5 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		u8 before[ARRAY_SIZE(ports)];

		setup(state);
		out(0x3c3, 1);
		out(0x3c4, 2);
		out(0x3ce, 8);
		out(0x3d4, 0x0e);
		for (size_t j = 0; j < ARRAY_SIZE(ports); j++) {
			before[j] = in(ports[j][1]);
		}
		/* Index registers stay: another register would be shown. */
		out(ports[i][0], ports[i][0] == 0x3c2	? 0x2f
				 : ports[i][0] == 0x3ce ? 8
				 : ports[i][0] == 0x3c4 ? 2
				 : ports[i][0] == 0x3d4 ? 0x0e
				 : ports[i][0] == 0x3c3 ? 0
							: 0x15);
		for (size_t j = 0; j < ARRAY_SIZE(ports); j++) {
			if (j != i) {
				assert_int_equal(in(ports[j][1]), before[j]);
			}
		}
	}
	/* Bit 0 of 3C2h is none of 3C3h's. */
	setup(state);
	out(0x3c3, 1);
	out(0x3c2, 0x02);
	assert_int_equal(in(0x3c3), 1);
}

/* Index and data come by turns at one port, and a read of 3DAh begins anew. */
static void test_attribute(void **state)
{
	(void)state;
	out(0x3c0, 0x10);
	out(0x3c0, 0xff);
	out(0x3c0, 0x34);
	assert_int_equal(in(0x3c0), 0);
	in(0x3da);
	assert_int_equal(in(0x3c0), 0x34);
	out(0x3c0, 0x05);
	out(0x3c0, 0xff);
	assert_int_equal(in(0x3c1), 0x3f);
	out(0x3c0, 0x10);
	assert_int_equal(in(0x3c1), 0xef);
	in(0x3da);
	out(0x3c0, 0x1f);
	out(0x3c0, 0xff);
	assert_int_equal(in(0x3c1), 0);
}

static void test_monochrome_ports(void **state)
{
	(void)state;
	out_index(0x3d4, 0x0f, 0x12);
	assert_int_equal(in(0x3b5), 0xff);
	out(0x3c2, 0);
	assert_int_equal(in(0x3d5), 0xff);
	assert_int_equal(in(0x3b5), 0x12);
	out_index(0x3d4, 0x0f, 0x34);
	out_index(0x3b4, 0x0e, 0x56);
	out(0x3c2, 1);
	assert_int_equal(in(0x3d5), 0x56);
	out(0x3d4, 0x0f);
	assert_int_equal(in(0x3d5), 0x12);
}

/* CR11 bit 7 protects CR0-CR7, all but the overflow's bit of Line Compare. */
static void test_protection(void **state)
{
	(void)state;
	out_index(0x3d4, 0x06, 0x11);
	out_index(0x3d4, 0x07, 0x01);
	out_index(0x3d4, 0x11, 0x80);
	out_index(0x3d4, 0x06, 0x22);
	assert_int_equal(in(0x3d5), 0x11);
	out_index(0x3d4, 0x07, 0xfe);
	assert_int_equal(in(0x3d5), 0x11);
	out_index(0x3d4, 0x08, 0x33);
	assert_int_equal(in(0x3d5), 0x33);
}

static void test_dac(void **state)
{
	(void)state;
	out_colour(254, 0xff, 2, 3);
	out(0x3c9, 4);
	out(0x3c9, 5);
	assert_int_equal(vga.dac.colour[255][0], 0);
	assert_int_equal(in(0x3c7), 0);
	out(0x3c9, 6);
	assert_int_equal(in(0x3c8), 0);
	out(0x3c7, 254);
	assert_int_equal(in(0x3c7), 3);
	assert_int_equal(in(0x3c9), 0x3f);
	assert_int_equal(in(0x3c9), 2);
	assert_int_equal(in(0x3c9), 3);
	assert_int_equal(in(0x3c9), 4);
	out(0x3c6, 0x5a);
	assert_int_equal(in(0x3c6), 0x5a);
}

/* The vertical retrace lasts two lines of 449, 70 times a second. */
static void test_retrace(void **state)
{
	u32 retraces = 0, shown = 0, begins = 0;
	u8 before = 0;

	(void)state;
	set_mode(&mode_03);
	for (u64 ns = 0; ns < 1000000000; ns += 1000) {
		u8 status = vga_port_read(&vga, 0x3da, ns);

		assert_int_equal(status & ~9, 0);
		retraces += status >> 3 & 1;
		shown += !(status & 1);
		begins += (status & ~before) >> 3;
		before = status;
	}
	assert_in_range(begins, 70, 71);
	assert_in_range(retraces, 1000000 * 2 / 449 - 100,
			1000000 * 2 / 449 + 100);
	/* 80 of 100 characters, 400 of 449 lines. */
	assert_in_range(shown, 711000, 714000);
}

/* In the middle of a line of mode 3: 900 dots at 28.322 MHz. */
static u8 status_in_line(u32 line)
{
	return vga_port_read(&vga, 0x3da,
			     (line * 900ull + 360) * 1000000 / 28322);
}

/* Bits 8 and 9 of the three lines are in one register, each at its place. */
static void test_upper_bits_of_lines(void **state)
{
	(void)state;
	set_mode(&mode_03);
	for (u32 upper = 0; upper < 16; upper++) {
		u32 retrace = (upper & 3) << 8 | 0x40;
		u32 end = (upper >> 2) << 8 | 0x20;

		vga.crtc[0x06] = 0xf0;
		vga.crtc[0x07] =
			(u8)(0x21 | (upper & 1) << 2 | (upper & 2) << 6 |
			     (upper & 4) >> 1 | (upper & 8) << 3);
		vga.crtc[0x10] = (u8)retrace;
		vga.crtc[0x11] = (retrace + 3) & 15;
		vga.crtc[0x12] = (u8)end;
		for (u32 line = 0; line < 0x3f2; line++) {
			bool traces = line >= retrace && line < retrace + 3;

			assert_int_equal(status_in_line(line), traces ? 9
							       : line > end
								       ? 1
								       : 0);
		}
		/* The next frame. */
		assert_int_equal(status_in_line(0x3f2 + retrace - 1) & 8, 0);
		assert_int_equal(status_in_line(0x3f2 + retrace) & 8, 8);
	}
}

/* Address bits 13 and 14 of CGA and Hercules are of the row in a character. */
static void test_row_places(void **state)
{
	static const struct {
		bool bytes, cga, hercules;
		u8 scan;
		u32 place, found;
	} rows[] = {
		{ true, true, false, 1, 0x0050, 0x2050 },
		{ true, true, false, 2, 0x2050, 0x0050 },
		{ false, true, false, 1, 0x0050, 0x1050 },
		{ false, true, false, 3, 0x3050, 0x3050 },
		{ false, true, true, 0, 0x3050, 0x0050 },
		{ false, true, true, 2, 0x0050, 0x2050 },
		{ false, true, true, 3, 0x0050, 0x3050 },
		{ true, false, false, 3, 0x1050, 0x1050 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vga_frame frame = { .cga = rows[i].cga,
					   .hercules = rows[i].hercules };
		struct vga_row row = { .place = rows[i].place,
				       .scan = rows[i].scan };

		vga.crtc[0x17] = rows[i].bytes ? 0x40 : 0;
		assert_int_equal(vga_row_place(&frame, &vga, &row),
				 rows[i].found);
	}
}

/* Whatever stands in the registers, who waits for either state goes on. */
static void test_retrace_always_comes(void **state)
{
	static const u8 fill[] = { 0x00, 0xff, 0x55, 0x7f };

	(void)state;
	for (size_t i = 0; i < sizeof(fill); i++) {
		u8 seen = 0;

		memset(vga.crtc, fill[i], sizeof(vga.crtc));
		for (u64 ns = 0; ns < 100000000; ns += 500) {
			seen |= vga_port_read(&vga, 0x3da, ns) & 8 ? 1 : 2;
		}
		assert_int_equal(seen, 3);
	}
	out_vbe(4, 1);
	assert_int_equal(vga_port_read(&vga, 0x3da, 0), 0);
	assert_int_equal(vga_port_read(&vga, 0x3da, 16600000), 9);
}

static void test_vbe_registers(void **state)
{
	(void)state;
	assert_int_equal(in_vbe(0), 0xb0c5);
	out_vbe(0, 0xb0c0);
	assert_int_equal(in_vbe(0), 0xb0c0);
	out_vbe(0, 0xb0c6);
	assert_int_equal(in_vbe(0), 0xb0c0);
	assert_int_equal(in_vbe(10), MEMORY_BYTES >> 16);
	assert_int_equal(in_vbe(11), 0);
	assert_int_equal(vga_vbe_read(&vga, 0x1ce), 11);
	out_vbe(4, 2);
	assert_int_equal(in_vbe(1), VGA_MAX_WIDTH);
	assert_int_equal(in_vbe(2), VGA_MAX_HEIGHT);
	assert_int_equal(in_vbe(3), 32);
	out_vbe(4, 0);
	out_vbe(1, 641);
	assert_int_equal(in_vbe(1), 641);
}

/* Width, height, depth -> as they are once it is on; bytes a line; lines. */
static void test_vbe_fits(void **state)
{
	static const u16 rows[][8] = {
		{ 640, 480, 8, 640, 480, 8, 640, 1638 },
		{ 640, 480, 7, 640, 480, 8, 640, 1638 },
		{ 645, 0, 15, 640, 1, 15, 1280, 819 },
		{ 0, 9, 4, 8, 9, 4, 4, 0xffff },
		{ 800, 700, 24, 800, 436, 24, 2400, 436 },
		{ 9000, 100, 32, 4096, 64, 32, 16384, 64 },
		{ 8, 9000, 8, 8, 2048, 8, 8, 0xffff },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fresh_vga();
		out_vbe(1, rows[i][0]);
		out_vbe(2, rows[i][1]);
		out_vbe(3, rows[i][2]);
		out_vbe(4, 1);
		assert_int_equal(in_vbe(1), rows[i][3]);
		assert_int_equal(in_vbe(2), rows[i][4]);
		assert_int_equal(in_vbe(3), rows[i][5]);
		assert_int_equal(vga.vbe.line_bytes, rows[i][6]);
		assert_int_equal(in_vbe(7), rows[i][7]);
	}
}

static void test_vbe_start(void **state)
{
	(void)state;
	out_vbe(1, 640);
	out_vbe(2, 400);
	out_vbe(3, 8);
	out_vbe(4, 0x81);
	out_vbe(6, 1024);
	assert_int_equal(in_vbe(6), 1024);
	out_vbe(8, 100);
	out_vbe(9, 600);
	assert_int_equal(vga.vbe.start, 600 * 1024 + 100);
	out_vbe(9, 625);
	assert_int_equal(in_vbe(9), 0);
	assert_int_equal(in_vbe(8), 100);
	assert_int_equal(vga.vbe.start, 100);
}

/* Memory is cleared but for bit 7; the DAC is as wide as bit 5 says. */
static void test_vbe_enable(void **state)
{
	(void)state;
	out_vbe(1, 640);
	out_vbe(2, 400);
	out_vbe(3, 8);
	memory[5] = 1;
	out_vbe(4, 0x81);
	assert_int_equal(memory[5], 1);
	out_vbe(4, 0x21); /* it is on already */
	assert_int_equal(memory[5], 1);
	out_colour(1, 0xff, 0x80, 0x40);
	assert_int_equal(vga.dac.colour[1][0], 0xff);
	out_vbe(4, 0);
	memory[640 * 400 - 1] = 2;
	memory[640 * 400] = 3;
	out_vbe(4, 1);
	assert_int_equal(memory[5], 0);
	assert_int_equal(memory[640 * 400 - 1], 0);
	assert_int_equal(memory[640 * 400], 3);
}

static void test_reset(void **state)
{
	(void)state;
	set_mode(&mode_13);
	vga_memory_write(&vga, 7, 8);
	vga_reset(&vga);
	assert_int_equal(memory[7], 8);
	assert_int_equal(in(0x3cc), 0);
	assert_int_equal(in(0x3c6), 0xff);
	assert_int_equal(vga.path, VGA_PATH_LOGIC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_bits, setup),
		cmocka_unit_test_setup(test_apart, setup),
		cmocka_unit_test_setup(test_attribute, setup),
		cmocka_unit_test_setup(test_monochrome_ports, setup),
		cmocka_unit_test_setup(test_protection, setup),
		cmocka_unit_test_setup(test_dac, setup),
		cmocka_unit_test_setup(test_retrace, setup),
		cmocka_unit_test_setup(test_upper_bits_of_lines, setup),
		cmocka_unit_test_setup(test_row_places, setup),
		cmocka_unit_test_setup(test_retrace_always_comes, setup),
		cmocka_unit_test_setup(test_vbe_registers, setup),
		cmocka_unit_test_setup(test_vbe_fits, setup),
		cmocka_unit_test_setup(test_vbe_start, setup),
		cmocka_unit_test_setup(test_vbe_enable, setup),
		cmocka_unit_test_setup(test_reset, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
