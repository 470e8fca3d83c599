/* guest/bios/program16_place.c: where a program and its way back may lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/bios/program16_place.h"
#include "lib/error.h"

#define BASE_KIB 639
#define EBDA 0x9fc0

static void test_room_end(void **state)
{
	static const struct {
		u16 kib, ebda;
		u32 end;
	} cases[] = {
		{ 639, 0x9fc0, 0x9fc00 },
		{ 640, 0, 0xa0000 },
		{ 640, 0x9fc0, 0x9fc00 },
		{ 512, 0x9fc0, 0x80000 },
		{ 0, 0, 0 },
		{ 65535, 0, 0xa0000 },
		{ 65535, 0xffff, 0xa0000 },
		/* No EBDA can be among the BIOS's own data. */
		{ 639, 0x40, 0x9fc00 },
		{ 639, 0x60, 0x9fc00 },
		{ 639, 0x61, 0x610 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(program16_room_end(cases[i].kib, cases[i].ebda,
						    NULL),
				 cases[i].end);
	}
}

/* With the stack at ss:sp and an image of that many bytes at seg:off. */
static int check_in(const struct program16_room *room, u16 segment, u16 offset,
		    size_t bytes, u32 ss, u32 esp, const char *part)
{
	const struct program16 program = {
		.bytes = bytes, .at = { .segment = segment, .offset = offset }
	};
	const struct bios_regs regs = { .ss = ss, .esp = esp };
	char why[192] = "";
	int err =
		program16_place_check(&program, &regs, room, why, sizeof(why));

	assert_true(err == 0 || err == ERR_RANGE);
	assert_int_equal(err == 0, why[0] == '\0');
	if (strstr(why, part) == NULL) {
		fail_msg("'%s' is not in '%s'", part, why);
	}
	return err;
}

static int check(u16 segment, u16 offset, size_t bytes, u32 ss, u32 esp,
		 const char *part)
{
	const struct program16_room room = {
		.end = program16_room_end(BASE_KIB, EBDA, NULL)
	};

	return check_in(&room, segment, offset, bytes, ss, esp, part);
}

static void test_image(void **state)
{
	(void)state;
	assert_int_equal(check(0x1000, 0, 1, 0x1000, 0xfffe, ""), 0);
	assert_int_equal(check(0x60, 0, 1, 0x1000, 0xfffe, ""), 0);
	assert_int_equal(check(0x5f, 0xf, 1, 0x1000, 0xfffe,
			       "no room at 005f:000f; 005ff-005ff; programs "
			       "may have 00600-9fbff"),
			 ERR_RANGE);
	assert_int_equal(check(0x9fbf, 0xf, 1, 0x1000, 0xfffe, ""), 0);
	assert_int_equal(check(0x9fbf, 0xf, 2, 0x1000, 0xfffe, "9fbff-9fc00"),
			 ERR_RANGE);
	assert_int_equal(check(0xffff, 0xffff, 1, 0x1000, 0xfffe, "10ffef"),
			 ERR_RANGE);
	assert_int_equal(check(0x1000, 0, 0, 0x1000, 0xfffe, "empty"),
			 ERR_RANGE);
	/* Sizes that no sum of 64 bits holds. */
	assert_int_equal(check(0x1000, 0, SIZE_MAX, 0x9000, 0xfffe, "no room"),
			 ERR_RANGE);
	assert_int_equal(check(0x1000, 0, SIZE_MAX - 0xffff, 0x9000, 0xfffe,
			       "no room"),
			 ERR_RANGE);
}

static void test_stack(void **state)
{
	(void)state;
	/* The return address is at 1fffa-1fffd. */
	assert_int_equal(check(0x1000, 0, 0xfffa, 0x1000, 0xfffe, ""), 0);
	assert_int_equal(check(0x1000, 0, 0xfffb, 0x1000, 0xfffe, "at 1fffa"),
			 ERR_RANGE);
	assert_int_equal(check(0x1fff, 0xe, 1, 0x1000, 0xfffe, ""), 0);
	assert_int_equal(check(0x1fff, 0xd, 1, 0x1000, 0xfffe, "at 1fffa"),
			 ERR_RANGE);
	/* SP wraps, and only it counts of ESP; of SS the lower half. */
	assert_int_equal(check(0x1000, 0, 1, 0x2000, 0, ""), 0);
	assert_int_equal(check(0x1000, 0, 1, 0x12000, 0x12345678, ""), 0);
	assert_int_equal(check(0x1000, 0, 1, 0x60, 4, ""), 0);
	assert_int_equal(check(0x1000, 0, 1, 0x60, 3, "SS:SP 0060:0003"),
			 ERR_RANGE);
	/* Four bytes that would be in two parts. */
	assert_int_equal(check(0x1000, 0, 1, 0x2000, 1, "SS:SP 2000:0001"),
			 ERR_RANGE);
	assert_int_equal(check(0x1000, 0, 1, 0x9000, 0xfc00, ""), 0);
	assert_int_equal(check(0x1000, 0, 1, 0x9000, 0xfc01,
			       "outside 00600-9fbff; SS:SP 9000:fc01; give "
			       "another"),
			 ERR_RANGE);
}

static void test_no_room(void **state)
{
	const struct program16_room none = { .end = 0 };
	const struct program16_room little = { .end = 0x600 };

	(void)state;
	assert_int_equal(check_in(&none, 0x1000, 0, 1, 0x2000, 0, "00000"),
			 ERR_RANGE);
	assert_int_equal(check_in(&little, 0x60, 0, 1, 0x60, 4, "00600"),
			 ERR_RANGE);
}

/* The machine's own low memory may have holes. */
static void test_ram(void **state)
{
	static struct memmap map;
	const struct program16_room room = { .end = 0x9fc00, .ram = &map };

	(void)state;
	memmap_init(&map);
	assert_int_equal(memmap_add(&map, 0, 0x50000, MEMMAP_RAM), 0);
	assert_int_equal(memmap_add(&map, 0x60000, 0x3fc00, MEMMAP_RAM), 0);
	assert_int_equal(memmap_add(&map, 0x70000, 0x1234, MEMMAP_MODULE), 0);
	/* Where the map ends before what the BIOS says, and where behind. */
	assert_int_equal(program16_room_end(639, 0x9fc0, &map), 0x9fc00);
	assert_int_equal(program16_room_end(640, 0, &map), 0x9fc00);
	assert_int_equal(program16_room_end(360, 0, &map), 0x50000);
	assert_int_equal(check_in(&room, 0x6fff, 0, 0x20, 0x1000, 0xfffe,
				  "; programs may have 00600-9fbff, but "
				  "70000-71233 is module"),
			 ERR_RANGE);
	assert_int_equal(check_in(&room, 0x4fff, 0, 0x20, 0x1000, 0xfffe,
				  "; programs may have 00600-9fbff, but there "
				  "is no RAM at 50000"),
			 ERR_RANGE);
	assert_int_equal(check_in(&room, 0x4000, 0, 0x10000, 0x6000, 4, ""), 0);
	assert_int_equal(check_in(&room, 0x4000, 0, 0x10001, 0x6000, 4,
				  "no room"),
			 ERR_RANGE);
	assert_int_equal(check_in(&room, 0x4000, 0, 1, 0x5fff, 8,
				  "return address"),
			 ERR_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_room_end), cmocka_unit_test(test_image),
		cmocka_unit_test(test_stack),	 cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_ram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
