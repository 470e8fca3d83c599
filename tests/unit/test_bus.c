/* guest/board/bus.c: who answers where, and accesses across devices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/board/bus.h"
#include "lib/error.h"

/* Every access, in the order made: device, direction, address, width, value. */
static struct access {
	char device;
	bool write;
	u64 at;
	u8 bytes;
	u64 value;
} made[8];
static u32 count;
static bool stops; /* a write to device 'b' ends the run */
static int context;

static void note(char device, bool write, u64 at, u8 bytes, u64 value)
{
	assert_true(count < ARRAY_SIZE(made));
	made[count++] = (struct access){ device, write, at, bytes, value };
}

/* A byte at port p reads the lowest byte of p, whoever answers. */
static u64 answer(u64 at, u8 bytes)
{
	u64 value = 0;

	for (u8 i = 0; i < bytes; i++) {
		value |= ((at + i) & 0xff) << 8 * i;
	}
	return value;
}

#define DEVICE(name, width)                                                    \
	static u64 read_##name(void *ctx, u64 at, u8 bytes)                    \
	{                                                                      \
		assert_ptr_equal(ctx, &context);                               \
		note(#name[0], false, at, bytes, 0);                           \
		return answer(at, bytes);                                      \
	}                                                                      \
	static bool write_##name(void *ctx, u64 at, u8 bytes, u64 value)       \
	{                                                                      \
		assert_ptr_equal(ctx, &context);                               \
		note(#name[0], true, at, bytes, value);                        \
		return !(stops && #name[0] == 'b');                            \
	}                                                                      \
	static const struct bus_device name = { read_##name, write_##name,     \
						width, NULL, NULL }

DEVICE(others, 4);
DEVICE(a, 1);
DEVICE(b, 1);
DEVICE(wide, 4);

static struct port_bus bus;

static int begin(void **state)
{
	const struct bus_range ranges[] = {
		{ 0x60, 0x60, &a },	 { 0x64, 0x64, &a },
		{ 0x70, 0x71, &b },	 { 0x3f8, 0x3ff, &a },
		{ 0xcf8, 0xcfb, &wide }, { 0xffff, 0xffff, &b },
	};

	(void)state;
	memset(&bus, 0, sizeof(bus));
	port_bus_init(&bus, &others);
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		assert_int_equal(port_bus_add(&bus, &ranges[i]), 0);
	}
	count = 0;
	stops = false;
	return 0;
}

static void check(u32 i, char device, bool write, u64 at, u8 bytes, u64 value)
{
	assert_true(i < count);
	assert_int_equal(made[i].device, device);
	assert_int_equal(made[i].write, write);
	assert_int_equal(made[i].at, at);
	assert_int_equal(made[i].bytes, bytes);
	assert_int_equal(made[i].value, value);
}

static void test_each_port(void **state)
{
	(void)state;
	for (u32 port = 0; port < BUS_PORTS; port++) {
		const struct bus_device *expected = &others;

		if (port == 0x60 || port == 0x64 || port - 0x3f8 < 8) {
			expected = &a;
		} else if (port == 0x70 || port == 0x71 || port == 0xffff) {
			expected = &b;
		} else if (port - 0xcf8 < 4) {
			expected = &wide;
		}
		assert_ptr_equal(port_bus_at(&bus, (u16)port), expected);
	}
}

static void test_whole_accesses(void **state)
{
	(void)state;
	assert_int_equal(port_bus_in(&bus, &context, 0x10, 4), 0x13121110);
	assert_int_equal(port_bus_in(&bus, &context, 0xcf8, 4), 0xfbfaf9f8);
	assert_true(port_bus_out(&bus, &context, 0xcfa, 2, 0x1234));
	assert_true(port_bus_out(&bus, &context, 0x60, 1, 0x1ff));
	assert_int_equal(count, 4);
	check(0, 'o', false, 0x10, 4, 0);
	check(1, 'w', false, 0xcf8, 4, 0);
	check(2, 'w', true, 0xcfa, 2, 0x1234);
	check(3, 'a', true, 0x60, 1, 0xff);
}

/* A device that is too narrow, and several devices: byte by byte. */
static void test_parted_accesses(void **state)
{
	(void)state;
	assert_true(port_bus_out(&bus, &context, 0x70, 2, 0xbeef));
	check(0, 'b', true, 0x70, 1, 0xef);
	check(1, 'b', true, 0x71, 1, 0xbe);
	assert_int_equal(port_bus_in(&bus, &context, 0x5f, 4), 0x6261605f);
	check(2, 'o', false, 0x5f, 1, 0);
	check(3, 'a', false, 0x60, 1, 0);
	check(5, 'o', false, 0x62, 1, 0);
	assert_int_equal(count, 6);
}

/* Behind the last port comes the first. */
static void test_wrap(void **state)
{
	(void)state;
	assert_int_equal(port_bus_in(&bus, &context, 0xffff, 2), 0x00ff);
	check(0, 'b', false, 0xffff, 1, 0);
	check(1, 'o', false, 0, 1, 0);
}

/* What would follow a write that ended the run is not done. */
static void test_stop(void **state)
{
	(void)state;
	stops = true;
	assert_false(port_bus_out(&bus, &context, 0x6f, 4, 0x44332211));
	assert_int_equal(count, 2);
	check(1, 'b', true, 0x70, 1, 0x22);
}

static void test_later_ranges_win(void **state)
{
	(void)state;
	assert_int_equal(port_bus_add(&bus,
				      &(struct bus_range){ 0x3fc, 0x407, &b }),
			 0);
	assert_ptr_equal(port_bus_at(&bus, 0x3fb), &a);
	assert_ptr_equal(port_bus_at(&bus, 0x3fc), &b);
	assert_ptr_equal(port_bus_at(&bus, 0x407), &b);
	assert_ptr_equal(port_bus_at(&bus, 0x408), &others);
}

static void test_full(void **state)
{
	static struct bus_device many[BUS_DEVICES];
	int err = 0;

	(void)state;
	for (u32 i = 0; i < BUS_DEVICES && err == 0; i++) {
		err = port_bus_add(&bus, &(struct bus_range){ 0x2000, 0x2000,
							      &many[i] });
	}
	assert_int_equal(err, ERR_FULL);
	/* Blocks that all differ: cells run out before the devices do. */
	begin(NULL);
	err = 0;
	for (u64 i = 0; i < 256 && err == 0; i++) {
		for (u64 bit = 0; bit < 8 && err == 0; bit++) {
			if (i >> bit & 1) {
				u64 port = 0x1000 + 8 * i + bit;

				err = port_bus_add(&bus,
						   &(struct bus_range){
							   port, port, &a });
			}
		}
	}
	assert_int_equal(err, ERR_FULL);
	assert_ptr_equal(port_bus_at(&bus, 0x60), &a);
}

static void test_memory(void **state)
{
	const struct bus_range ranges[] = { { 0xa0000, 0xbffff, &a },
					    { 0xfec00000, 0xfec00fff, &b } };
	const struct memory_bus memory = { &others, ranges,
					   ARRAY_SIZE(ranges) };

	(void)state;
	assert_ptr_equal(memory_bus_at(&memory, 0x9ffff), &others);
	assert_ptr_equal(memory_bus_at(&memory, 0xa0000), &a);
	assert_ptr_equal(memory_bus_at(&memory, 0xbffff), &a);
	assert_ptr_equal(memory_bus_at(&memory, 0xfec00fff), &b);
	assert_ptr_equal(memory_bus_at(&memory, UINT64_MAX), &others);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_each_port, begin),
		cmocka_unit_test_setup(test_whole_accesses, begin),
		cmocka_unit_test_setup(test_parted_accesses, begin),
		cmocka_unit_test_setup(test_wrap, begin),
		cmocka_unit_test_setup(test_stop, begin),
		cmocka_unit_test_setup(test_later_ranges_win, begin),
		cmocka_unit_test_setup(test_full, begin),
		cmocka_unit_test_setup(test_memory, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
