/* guest/board/pc/pc.c: ports, lines, time and memory of the devices together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/board/pc/pc.h"
#include "guest/board/pc/pc_clock.h"
#include "guest/board/pc/pc_keys.h"
#include "guest/board/pc/pc_ports.h"
#include "lib/error.h"

#define RAM_BYTES (4u * (u32)MIB)
#define ROM_BYTES 0x40000u

static struct {
	struct pc *pc; /* first, as the ports want it */
	u64 now;
	u32 memory_changes, deadline_changes;
	char sent[64];
	u32 count;
	u16 port;
} world;

static u8 ram[RAM_BYTES], rom[ROM_BYTES], vga_memory[0x40000], vga_text[0x8000];
static u8 disk[64 * ATA_SECTOR];
static struct port_bus bus;
static struct pc pc;

static u64 now(void *owner)
{
	(void)owner;
	return world.now;
}

static void memory_changed(void *owner)
{
	(void)owner;
	world.memory_changes++;
}

static void deadline_changed(void *owner)
{
	(void)owner;
	world.deadline_changes++;
}

static void sent(void *owner, u16 port, u8 byte)
{
	(void)owner;
	world.port = port;
	world.sent[world.count++] = (char)byte;
}

static int begin(void **state)
{
	static const struct pc_owner_ops ops = { now, memory_changed,
						 deadline_changed, sent };
	const struct pc_parts parts = {
		.drive = { { disk, 64, false, false } },
		.memory = { ram, sizeof(ram), rom, sizeof(rom) },
		.time = { 2026, 12, 1, 12, 0, 0, 3 },
		.vga_memory = vga_memory,
		.vga_text = vga_text,
		.vga_bytes = sizeof(vga_memory),
		.boot = { 1, 3, 2 },
	};

	(void)state;
	memset(&world, 0, sizeof(world));
	memset(&bus, 0, sizeof(bus));
	world.pc = &pc;
	memset(ram, 0x11, sizeof(ram));
	memset(rom, 0x22, sizeof(rom));
	assert_int_equal(pc_ports_init(&bus), 0);
	pc_init(&pc, &ops, &world, &parts);
	return 0;
}

static u32 in(u16 port, u8 bytes)
{
	return port_bus_in(&bus, &world, port, bytes);
}

static bool out(u16 port, u8 bytes, u32 value)
{
	return port_bus_out(&bus, &world, port, bytes, value);
}

static void config(u32 address, u8 at, u8 value)
{
	out(0xcf8, 4, (u32)BIT(31) | address | (at & 0xfcu));
	out((u16)(0xcfc + (at & 3)), 1, value);
}

static void init_pics(void)
{
	static const u16 bytes[][2] = {
		{ 0x20, 0x11 }, { 0x21, 0x08 }, { 0x21, 0x04 }, { 0x21, 0x01 },
		{ 0xa0, 0x11 }, { 0xa1, 0x70 }, { 0xa1, 0x02 }, { 0xa1, 0x01 },
		{ 0x21, 0x00 }, { 0xa1, 0x00 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		out(bytes[i][0], 1, bytes[i][1]);
	}
}

static void test_empty_ports(void **state)
{
	(void)state;
	assert_int_equal(in(0x5000, 1), 0xff);
	assert_int_equal(in(0x5000, 2), 0xffff);
	assert_true(in(0x5000, 4) == 0xffffffff);
	assert_true(out(0x5000, 4, 1));
	assert_int_equal(in(0x402, 1), 0xe9);
	assert_int_equal(in(0x3f0, 1), 0xff); /* no floppy drive's controller */
}

static void test_sent(void **state)
{
	(void)state;
	out(0x3f8, 1, 'a');
	assert_int_equal(world.port, 0x3f8);
	out(0x402, 1, 'b');
	assert_int_equal(world.port, 0x402);
	assert_string_equal(world.sent, "ab");
}

static void test_timer(void **state)
{
	u8 line;

	(void)state;
	init_pics();
	assert_true(pc.deadline == PC_NEVER);
	out(0x43, 1, 0x34);
	out(0x40, 1, 0xe8);
	out(0x40, 1, 0x03); /* 1000 */
	assert_true(pc.deadline == 1000 * PC_CLOCK_PIT);
	assert_true(world.deadline_changes > 0);
	world.now = pc.deadline - 1;
	pc_advance(&pc);
	assert_int_equal(pc.pics.waiting, 0);
	world.now = pc.deadline;
	pc_advance(&pc);
	assert_int_equal(pc.pics.waiting, 1);
	assert_int_equal(i8259_acknowledge(&pc.pics, &line), 8);
	assert_true(pc.deadline == 2000 * PC_CLOCK_PIT);
	/* A long time away is one tick. */
	world.now += 10000 * PC_CLOCK_PIT;
	out(0x20, 1, 0x20);
	pc_advance(&pc);
	i8259_acknowledge(&pc.pics, &line);
	out(0x20, 1, 0x20);
	assert_int_equal(pc.pics.waiting, 0);
}

static void test_clock_interrupt(void **state)
{
	u8 line;

	(void)state;
	init_pics();
	out(0x70, 1, 0x0b);
	out(0x71, 1, 0x12); /* update-ended */
	assert_true(pc.deadline == PC_CLOCK_HZ);
	world.now = PC_CLOCK_HZ;
	pc_advance(&pc);
	assert_int_equal(i8259_acknowledge(&pc.pics, &line), 0x70);
	out(0xa0, 1, 0x20);
	out(0x20, 1, 0x20);
	out(0x70, 1, 0x0c);
	assert_int_equal(in(0x71, 1) & 0x90, 0x90);
	assert_true(pc.deadline == 2 * PC_CLOCK_HZ);
}

static void test_keyboard_interrupts(void **state)
{
	static const u8 a[] = { 0x1e, 0x9e };
	u8 line;

	(void)state;
	init_pics();
	out(0x64, 1, 0x60);
	out(0x60, 1, 0x45);
	i8042_key(&pc.kbc, a, sizeof(a));
	pc_keyboard_changed(&pc);
	for (u32 i = 0; i < 2; i++) {
		assert_int_equal(i8259_acknowledge(&pc.pics, &line), 9);
		assert_int_equal(line, 1);
		assert_int_equal(in(0x60, 1), a[i]);
		out(0x20, 1, 0x20);
		assert_int_equal(pc.pics.waiting, i == 0);
	}
}

static void test_disk(void **state)
{
	u8 got[ATA_SECTOR], line;

	(void)state;
	init_pics();
	memset(disk + 3 * ATA_SECTOR, 0x77, ATA_SECTOR);
	out(0x1f2, 1, 1);
	out(0x1f3, 1, 3);
	out(0x1f4, 1, 0);
	out(0x1f5, 1, 0);
	out(0x1f6, 1, 0xe0);
	out(0x1f7, 1, 0x20);
	assert_int_equal(i8259_acknowledge(&pc.pics, &line), 0x76);
	assert_int_equal(in(0x1f7, 1), 0x58);
	port_bus_in_string(&bus, &world, 0x1f0, 2, got, ATA_SECTOR / 2);
	assert_memory_equal(got, disk + 3 * ATA_SECTOR, ATA_SECTOR);
	assert_int_equal(in(0x3f6, 1), 0x50);
	/* No drive on the second channel. */
	assert_int_equal(in(0x177, 1), 0);
	assert_int_equal(in(0x172, 1), 0xff);
}

static void test_cmos(void **state)
{
	static const u8 expected[][2] = {
		{ 0x14, 0x06 }, { 0x15, 0x80 }, { 0x16, 0x02 }, { 0x17, 0x00 },
		{ 0x18, 0x0c }, { 0x30, 0x00 }, { 0x31, 0x0c }, { 0x34, 0 },
		{ 0x3d, 0x31 }, { 0x38, 0x21 }, { 0x04, 0x12 }, { 0x32, 0x20 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		out(0x70, 1, expected[i][0]);
		assert_int_equal(in(0x71, 1), expected[i][1]);
	}
}

static void test_memory_map(void **state)
{
	(void)state;
	assert_ptr_equal(pc_readable(&pc, 0), ram);
	assert_ptr_equal(pc_writable(&pc, RAM_BYTES - 1), ram + RAM_BYTES - 1);
	assert_null(pc_readable(&pc, RAM_BYTES));
	assert_int_equal(pc_read_byte(&pc, RAM_BYTES), 0xff);
	/* The ROM's end at both places; nothing in between. */
	assert_ptr_equal(pc_readable(&pc, 0xfffff), rom + ROM_BYTES - 1);
	assert_ptr_equal(pc_readable(&pc, 0xe0000), rom + ROM_BYTES - 0x20000);
	assert_ptr_equal(pc_readable(&pc, 0xffffffff), rom + ROM_BYTES - 1);
	assert_ptr_equal(pc_readable(&pc, BIT(32) - ROM_BYTES), rom);
	assert_null(pc_readable(&pc, BIT(32)));
	assert_null(pc_readable(&pc, 0xc0000));
	assert_null(pc_writable(&pc, 0xf0000));
	assert_null(pc_writable(&pc, 0xffffffff));
	pc_write_byte(&pc, 0xf0000, 1);
	assert_int_equal(pc_read_byte(&pc, 0xf0000), 0x22);
}

static void test_shadow(void **state)
{
	u32 changes = world.memory_changes;

	(void)state;
	config(0, 0x59, 0x20); /* F0000h: writes to RAM, reads from ROM */
	assert_true(world.memory_changes > changes);
	pc_write_byte(&pc, 0xf1234, 0x99);
	assert_int_equal(pc_read_byte(&pc, 0xf1234), 0x22);
	assert_int_equal(ram[0xf1234], 0x99);
	config(0, 0x59, 0x10); /* and the other way round */
	assert_int_equal(pc_read_byte(&pc, 0xf1234), 0x99);
	pc_write_byte(&pc, 0xf1234, 0x55);
	assert_int_equal(ram[0xf1234], 0x99);
	config(0, 0x5a, 0x33);
	assert_ptr_equal(pc_writable(&pc, 0xc7fff), ram + 0xc7fff);
	assert_null(pc_writable(&pc, 0xc8000));
}

static void test_a20(void **state)
{
	(void)state;
	assert_int_equal(in(0x92, 1), 2);
	ram[0x123] = 0x31;
	ram[0x100123] = 0x32;
	assert_int_equal(pc_read_byte(&pc, 0x100123), 0x32);
	out(0x92, 1, 0);
	assert_int_equal(world.memory_changes, 1);
	assert_int_equal(pc_read_byte(&pc, 0x100123), 0x31);
	out(0x64, 1, 0xd1);
	out(0x60, 1, 0xdf);
	assert_int_equal(world.memory_changes, 2);
	assert_int_equal(pc_read_byte(&pc, 0x100123), 0x32);
}

static void test_ends(void **state)
{
	(void)state;
	assert_false(out(0x64, 1, 0xfe));
	assert_int_equal(pc.end, PC_RESET);
	pc_reset(&pc);
	assert_int_equal(pc.end, PC_RUNS);
	assert_false(out(0x92, 1, 3));
	pc_reset(&pc);
	assert_true(out(0xcf9, 1, 2));
	assert_false(out(0xcf9, 1, 6));
	pc_reset(&pc);
	config(1 << 11 | 3 << 8, 0x41, 0xb0);
	config(1 << 11 | 3 << 8, 0x80, 1);
	assert_int_equal(in(0xb004, 2), 1);
	assert_false(out(0xb004, 2, 0x2001));
	assert_int_equal(pc.end, PC_OFF);
}

static void test_keys(void **state)
{
	const char *text = "aB{F10}{Ctrl-C}{Alt-F4}\\x41{Up}{";
	static const u8 expected[][8] = {
		{ 2, 0x1e, 0x9e },
		{ 4, 0x2a, 0x30, 0xb0, 0xaa },
		{ 2, 0x44, 0xc4 },
		{ 4, 0x1d, 0x2e, 0xae, 0x9d },
		{ 4, 0x38, 0x3e, 0xbe, 0xb8 },
		{ 4, 0x2a, 0x1e, 0x9e, 0xaa },
		{ 4, 0xe0, 0x48, 0xe0, 0xc8 },
	};
	u8 codes[PC_KEYS_CODES];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_int_equal(pc_keys_next(&text, codes), expected[i][0]);
		assert_memory_equal(codes, expected[i] + 1, expected[i][0]);
	}
	assert_int_equal(pc_keys_next(&text, codes), ERR_INVALID);
	text = "";
	assert_int_equal(pc_keys_next(&text, codes), 0);
	text = "{Nothing}";
	assert_int_equal(pc_keys_next(&text, codes), ERR_INVALID);
	text = "\\x4";
	assert_int_equal(pc_keys_next(&text, codes), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_empty_ports, begin),
		cmocka_unit_test_setup(test_sent, begin),
		cmocka_unit_test_setup(test_timer, begin),
		cmocka_unit_test_setup(test_clock_interrupt, begin),
		cmocka_unit_test_setup(test_keyboard_interrupts, begin),
		cmocka_unit_test_setup(test_disk, begin),
		cmocka_unit_test_setup(test_cmos, begin),
		cmocka_unit_test_setup(test_memory_map, begin),
		cmocka_unit_test_setup(test_shadow, begin),
		cmocka_unit_test_setup(test_a20, begin),
		cmocka_unit_test_setup(test_ends, begin),
		cmocka_unit_test_setup(test_keys, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
