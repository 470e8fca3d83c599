/*
 * guest/board/pc/pc.c with all its devices: any sequence of port accesses of all
 * widths, strings, accesses to memory, keys, acknowledged interrupts and passing
 * time. Nothing may be touched but what belongs to the PC, the time of the next
 * event must lie ahead once the devices have had their turn, and the interrupt
 * controllers must do as a second, plain model of them says.
 */
#include "guest/board/pc/pc.h"

#include "guest/board/pc/pc_clock.h"
#include "guest/board/pc/pc_ports.h"
#include "tests/fuzz/fuzz.h"

#define RAM_BYTES (2u * (u32)MIB)
#define ROM_BYTES 0x10000u
#define VGA_BYTES 0x40000u
#define DISK_SECTORS 64u
#define CD_SECTORS 8u
#define STRING_MAX 512u

static struct {
	struct pc *pc; /* first, as the ports want it */
	u64 now;
	u32 sent;
} world;

static u8 ram[RAM_BYTES], rom[ROM_BYTES], vga_memory[VGA_BYTES];
static u8 vga_text[VGA_TEXT_BYTES];
static u8 disk[DISK_SECTORS * ATA_SECTOR], cd[CD_SECTORS * ATA_CD_SECTOR];
static struct port_bus bus;
static struct pc pc;

static u64 now(void *owner)
{
	(void)owner;
	return world.now;
}

static void changed(void *owner)
{
	CHECK(owner == &world);
}

static void sent(void *owner, u16 port, u8 byte)
{
	(void)owner;
	(void)byte;
	CHECK(port == PC_SERIAL_PORT || port == PC_DEBUG_PORT);
	world.sent++;
}

static const struct pc_owner_ops ops = { now, changed, changed, sent };

/* The chips as their data sheet tells them, a priority at a time. */
struct plain_chip {
	u8 irr, isr, imr, first;
	bool special, nested, slave;
};

static struct plain_chip plain_of(const struct i8259_chip *chip)
{
	return (struct plain_chip){
		chip->irr,	    chip->isr,
		chip->imr,	    (u8)((chip->lowest + 1) & 7),
		chip->special_mask, chip->fully_nested,
		chip->is_slave
	};
}

static int plain_request(const struct plain_chip *chip)
{
	for (u8 i = 0; i < 8; i++) {
		u8 line = (chip->first + i) & 7;
		bool masked = (chip->imr >> line & 1) != 0;
		bool served = (chip->isr >> line & 1) != 0;

		if (served && chip->special && masked) {
			served = false;
		}
		if (served && chip->nested && !chip->slave && line == 2) {
			if ((chip->irr >> line & 1) != 0 && !masked) {
				return line;
			}
			continue;
		}
		if (served) {
			return -1;
		}
		if ((chip->irr >> line & 1) != 0 && !masked) {
			return line;
		}
	}
	return -1;
}

static void check_pics(void)
{
	struct plain_chip master = plain_of(&pc.pics.chip[0]);
	struct plain_chip slave = plain_of(&pc.pics.chip[1]);
	int line = plain_request(&master);

	CHECK(pc.pics.waiting == (line >= 0));
	/* The slave's request is on the master's line 2. */
	CHECK((pc.pics.chip[0].levels >> 2 & 1) ==
	      (plain_request(&slave) >= 0));
}

static void acknowledge(void)
{
	struct plain_chip master = plain_of(&pc.pics.chip[0]);
	struct plain_chip slave = plain_of(&pc.pics.chip[1]);
	int expected = plain_request(&master);
	u8 line, vector = i8259_acknowledge(&pc.pics, &line);

	if (expected == 2) {
		expected = plain_request(&slave);
		expected = expected < 0 ? 15 : 8 + expected;
	} else if (expected < 0) {
		expected = 7;
	}
	CHECK(line == expected);
	CHECK(vector == (pc.pics.chip[line >> 3].vector | (line & 7)));
}

static bool belongs(const u8 *at)
{
	return (at >= ram && at < ram + sizeof(ram)) ||
	       (at >= rom && at < rom + sizeof(rom)) ||
	       (at >= vga_memory && at < vga_memory + sizeof(vga_memory)) ||
	       (at >= vga_text && at < vga_text + sizeof(vga_text));
}

static void touch_memory(struct fuzz_input *in)
{
	u64 address = fuzz_take_number(in);
	const u8 *readable = pc_readable(&pc, address);
	u8 *writable = pc_writable(&pc, address);
	u8 value = (u8)fuzz_take(in, 1);

	CHECK(readable == NULL || belongs(readable));
	CHECK(writable == NULL || belongs(writable));
	CHECK(writable == NULL || writable < rom ||
	      writable >= rom + sizeof(rom));
	if (readable != NULL) {
		CHECK(pc_read_byte(&pc, address) == *readable);
	} else {
		pc_read_byte(&pc, address);
	}
	pc_write_byte(&pc, address, value);
	if (writable != NULL && writable == readable) {
		CHECK(pc_read_byte(&pc, address) == value);
	}
}

static void strings(struct fuzz_input *in, u16 port, u8 bytes)
{
	u32 count = (u32)fuzz_take(in, 2) % (STRING_MAX / bytes) + 1;
	u8 *block = malloc((size_t)count * bytes);

	CHECK(block != NULL);
	if (fuzz_take(in, 1) & 1) {
		port_bus_in_string(&bus, &world, port, bytes, block, count);
	} else {
		memset(block, (int)fuzz_take(in, 1), (size_t)count * bytes);
		port_bus_out_string(&bus, &world, port, bytes, block, count);
	}
	free(block);
}

/* Ports that there are, more often than others. */
static u16 take_port(struct fuzz_input *in)
{
	static const u16 first[] = { 0x00,  0x20,  0x40,  0x60,	 0x64,	0x61,
				     0x70,  0x80,  0x92,  0xa0,	 0xc0,	0x170,
				     0x1ce, 0x1f0, 0x376, 0x3b0, 0x3c0, 0x3d0,
				     0x3f6, 0x3f8, 0x402, 0x4d0, 0x510, 0xcf8 };
	u8 which = (u8)fuzz_take(in, 1);

	return which < 0xf0 ? (u16)(first[which % ARRAY_SIZE(first)] +
				    which / ARRAY_SIZE(first))
			    : (u16)fuzz_take(in, 2);
}

static void step(struct fuzz_input *in)
{
	static const u8 widths[] = { 1, 1, 2, 4 };
	u8 what = (u8)fuzz_take(in, 1);
	u8 bytes = widths[what >> 3 & 3];
	u8 codes[4];

	switch (what & 7) {
	case 0:
	case 1:
		port_bus_in(&bus, &world, take_port(in), bytes);
		break;
	case 2:
	case 3:
	case 4: {
		u16 port = take_port(in);

		port_bus_out(&bus, &world, port, bytes,
			     (u32)fuzz_take(in, bytes));
		break;
	}
	case 5:
		strings(in, take_port(in), bytes);
		break;
	case 6:
		touch_memory(in);
		break;
	default:
		world.now += fuzz_take_number(in) % (PC_CLOCK_HZ * 4ull);
		memset(codes, (int)fuzz_take(in, 1), sizeof(codes));
		i8042_key(&pc.kbc, codes, what >> 3 & 3);
		i8042_mouse_moved(&pc.kbc, what, -(s32)what, what);
		uart16550_receive(&pc.serial, what);
		acpi_power_press_button(&pc.power);
		pc_keyboard_changed(&pc);
		pc_serial_changed(&pc);
		break;
	}
}

static void begin(void)
{
	const struct pc_parts parts = {
		.drive = { { disk, DISK_SECTORS, false, false },
			   { disk, DISK_SECTORS, false, true },
			   { cd, CD_SECTORS, true, true } },
		.memory = { ram, sizeof(ram), rom, sizeof(rom) },
		.time = { 2026, 12, 31, 23, 59, 50, 5 },
		.vga_memory = vga_memory,
		.vga_text = vga_text,
		.vga_bytes = VGA_BYTES,
		.boot = { 2 },
	};

	world.pc = &pc;
	world.now = 0;
	memset(&bus, 0, sizeof(bus));
	CHECK(pc_ports_init(&bus) == 0);
	pc_init(&pc, &ops, &world, &parts);
	fw_cfg_add_file(&pc.cfg, "etc/file", "words", 5);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };

	begin();
	while (in.left != 0) {
		step(&in);
		check_pics();
		pc_advance(&pc);
		CHECK(pc.deadline > world.now);
		check_pics();
		if (pc.pics.waiting) {
			acknowledge();
			check_pics();
		}
		if (pc.end != PC_RUNS) {
			pc_reset(&pc);
			CHECK(pc.end == PC_RUNS);
		}
	}
	return 0;
}
