/* Strings between the VGA's window and RAM: as far as they go, and as single steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guest/board/pc/pc_strings.h"
#include "tests/unit/vga_world.h"

#define WINDOW 0xa0000u

static struct pc pc;
static u8 ram[0xa0000];

static int setup(void **state)
{
	(void)state;
	fresh_vga();
	set_mode(&mode_12);
	out_index(0x3ce, 8, 0x7e);
	for (u32 i = 0; i < sizeof(ram); i++) {
		ram[i] = (u8)(i * 5 + i / 257);
	}
	memset(&pc, 0, sizeof(pc));
	pc.memory.ram = ram;
	pc.memory.ram_bytes = sizeof(ram);
	pc.vga = vga;
	return 0;
}

/* Count, bytes, down; where; how many of them. */
static void test_how_far(void **state)
{
	static const struct {
		struct vga_string string;
		u64 to, from;
		u32 filled, moved;
	} rows[] = {
		{ { 100, 1, false }, WINDOW, 0x1000, 100, 100 },
		{ { 100, 1, false }, WINDOW - 1, 0x1000, 0, 0 },
		{ { 100, 1, false }, 0x1000, WINDOW, 0, 100 },
		{ { 100, 2, false }, 0xbffff, 0x1000, 0, 0 },
		{ { 100, 2, false }, 0xbfffa, 0x1000, 3, 3 },
		{ { 100, 4, true }, WINDOW + 8, 0x1100, 3, 3 },
		{ { 100, 4, true }, WINDOW, 0x1ffe, 1, 0 },
		{ { 100, 4, true }, WINDOW + 800, 0x1008, 100, 3 },
		{ { 5000, 1, false }, WINDOW, 0x1010, 5000, 0xff0 },
		{ { 9000, 2, false }, 0xb0000, WINDOW, 9000, 9000 },
		{ { 9000, 2, true }, 0xb0000, WINDOW + 6, 9000, 4 },
		{ { 10, 1, false }, WINDOW, 0x100000000, 10, 0 },
		{ { 10, 1, false }, 0x2000, 0x1000, 0, 0 },
		{ { 0, 1, false }, WINDOW, WINDOW, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		setup(state);
		assert_int_equal(pc_fill(&pc, &rows[i].string, rows[i].to, 7),
				 rows[i].filled);
		assert_int_equal(pc_move(&pc, &rows[i].string, rows[i].to,
					 rows[i].from),
				 rows[i].moved);
	}
}

/* The same by bytes, on the other VGA and its memory. */
static void move_slowly(const struct vga_string *s, u64 to, u64 from)
{
	for (u32 i = 0; i < s->count; i++) {
		u8 element[4];

		for (u8 byte = 0; byte < s->bytes; byte++) {
			element[byte] = pc_read_byte(&pc, from + byte);
		}
		for (u8 byte = 0; byte < s->bytes; byte++) {
			pc_write_byte(&pc, to + byte, element[byte]);
		}
		to += s->down ? -(u64)s->bytes : s->bytes;
		from += s->down ? -(u64)s->bytes : s->bytes;
	}
}

static void test_as_single_steps(void **state)
{
	static u8 planes[VGA_PLANES_BYTES], low[sizeof(ram)];
	static const struct {
		struct vga_string string;
		u64 to, from;
	} rows[] = {
		{ { 300, 1, false }, WINDOW + 5, 0x1003 },
		{ { 300, 2, false }, 0x1003, WINDOW + 5 },
		{ { 200, 4, true }, WINDOW + 900, 0x1ffc },
		{ { 200, 4, true }, 0x1ffc, WINDOW + 900 },
		{ { 300, 1, true }, WINDOW + 900, WINDOW + 700 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		setup(state);
		assert_int_equal(pc_move(&pc, &rows[i].string, rows[i].to,
					 rows[i].from),
				 rows[i].string.count);
		memcpy(planes, memory, sizeof(planes));
		memcpy(low, ram, sizeof(ram));
		setup(state);
		move_slowly(&rows[i].string, rows[i].to, rows[i].from);
		assert_memory_equal(planes, memory, sizeof(planes));
		assert_memory_equal(low, ram, sizeof(ram));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_how_far),
		cmocka_unit_test(test_as_single_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
