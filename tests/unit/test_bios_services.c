/*
 * The BIOS services on a BIOS of the test's own, which lies, fails and never
 * ends. The module is not pure: what it calls is made up here.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "guest/bios/bios_services.c"

#define MEMORY_BYTES 0x110000u
#define DISK_SECTORS 4000u
#define FRAMEBUFFER 0xe0000000u

static u8 memory[MEMORY_BYTES];
/* Whose low memory is the machine's, and whose is not. */
static const struct guest_memory_plan machine = { .ram = true }, private;
static struct guest16 guest;
static struct memmap map;
static enum vcpu_end end;
static u32 calls;

/* What the BIOS does; the test's choice. */
static void (*bios)(u8 vector, struct bios_regs *regs);

const struct memmap *machine_memmap(void)
{
	return &map;
}

bool machine_is_open_to_guests(u64 phys)
{
	return phys >= FRAMEBUFFER && phys < FRAMEBUFFER + 0x1000000;
}

void smp_call_boot_core(void (*function)(void *), void *argument)
{
	function(argument);
}

int guest_memory_read(struct guest_memory *of, u32 address, void *buffer,
		      size_t bytes)
{
	(void)of;
	if (address + bytes > MEMORY_BYTES) {
		return ERR_RANGE;
	}
	if (bytes != 0) {
		memcpy(buffer, memory + address, bytes);
	}
	return 0;
}

int guest_memory_write(struct guest_memory *of, u32 address, const void *buffer,
		       size_t bytes)
{
	(void)of;
	assert_true(address + bytes <= MEMORY_BYTES);
	if (bytes != 0) {
		memcpy(memory + address, buffer, bytes);
	}
	return 0;
}

enum vcpu_end bios_call(struct guest16 *of, u8 vector, struct bios_regs *regs,
			u32 timeout_ms)
{
	assert_ptr_equal(of, &guest);
	assert_true(timeout_ms != 0);
	assert_true(++calls < 1000);
	if (end == VCPU_END_DONE) {
		bios(vector, regs);
	}
	return end;
}

static int setup(void **state)
{
	static const struct board_kind kind = { .on_boot_core = true };

	(void)state;
	memset(&guest, 0, sizeof(guest));
	guest.memory.plan = &machine;
	guest.board.kind = &kind;
	memset(memory, 0, sizeof(memory));
	memmap_init(&map);
	memmap_add(&map, 0, 0xa0000, MEMMAP_RAM);
	end = VCPU_END_DONE;
	calls = 0;
	return 0;
}

static void set_carry(struct bios_regs *regs, bool carry)
{
	regs->eflags = (regs->eflags & ~1u) | carry;
}

/* E820: `ranges` of them, and what is wrong. */
static struct {
	u32 ranges;
	bool late_end, bad_signature, wraps, for_ever;
	u32 bytes;
} e820;

static void e820_bios(u8 vector, struct bios_regs *regs)
{
	struct bios_e820_range range = { .base = 0x1000ull * regs->ebx,
					 .length = 0x1000,
					 .type = 1 };

	assert_int_equal(vector, 0x15);
	assert_int_equal(regs->eax, 0xe820);
	assert_int_equal(regs->edx, BIOS_E820_SIGNATURE);
	assert_int_equal(regs->ecx, 24);
	assert_int_equal(regs->es << 4, 0x30000);
	assert_int_equal(regs->edi, 0);
	set_carry(regs, regs->ebx >= e820.ranges);
	if (regs->ebx >= e820.ranges) {
		return;
	}
	if (e820.wraps) {
		range.base = UINT64_MAX;
	}
	memcpy(memory + 0x30000, &range, e820.bytes);
	regs->eax = e820.bad_signature ? 0 : BIOS_E820_SIGNATURE;
	regs->ecx = e820.bytes;
	regs->ebx++;
	if (regs->ebx == e820.ranges && !e820.late_end) {
		regs->ebx = 0;
	}
	if (e820.for_ever) {
		regs->ebx = 1;
	}
}

static void check_e820(int err, u32 count)
{
	struct bios_e820_range list[4];
	u32 got;

	calls = 0;
	assert_int_equal(bios_15_e820(&guest, list, 4, &got), err);
	assert_int_equal(got, count);
	for (u32 i = 0; i < got && !e820.for_ever; i++) {
		assert_int_equal(list[i].base, 0x1000 * i);
		/* A BIOS of 20 bytes leaves the attribute that was there. */
		assert_int_equal(list[i].attributes, e820.bytes == 20);
	}
}

static void e820_list(void **state)
{
	(void)state;
	bios = e820_bios;
	memset(&e820, 0, sizeof(e820));
	e820.bytes = 24;
	check_e820(ERR_UNSUPPORTED, 0);
	e820.ranges = 1;
	check_e820(0, 1);
	e820.ranges = 4;
	check_e820(0, 4);
	e820.late_end = true;
	check_e820(0, 4);
	e820.bytes = 20;
	check_e820(0, 4);
	e820.ranges = 5;
	check_e820(ERR_FULL, 4);
	e820.bytes = 19;
	check_e820(ERR_CORRUPT, 0);
	e820.bytes = 24;
	e820.for_ever = true;
	check_e820(ERR_FULL, 4);
	e820.for_ever = false;
	e820.wraps = true;
	check_e820(ERR_CORRUPT, 0);
	e820.wraps = false;
	e820.bad_signature = true;
	check_e820(ERR_CORRUPT, 0);
}

static void ends(void **state)
{
	static const struct {
		enum vcpu_end end;
		int err;
	} table[] = {
		{ VCPU_END_TIMEOUT, ERR_TIMEOUT },
		{ VCPU_END_FAULT, ERR_FAULT },
		{ VCPU_END_SHUTDOWN, ERR_FAULT },
		{ VCPU_END_REFUSED, ERR_UNSUPPORTED },
		{ VCPU_END_INTERRUPTED, ERR_INTERRUPTED },
	};
	struct bios_e820_range list[1];
	u32 count;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		end = table[i].end;
		assert_int_equal(bios_15_e820(&guest, list, 1, &count),
				 table[i].err);
	}
	/* Where there is no RAM for the buffer nothing is called at all. */
	calls = 0;
	memmap_add(&map, 0x3f000, 0x1000, MEMMAP_RESERVED);
	assert_int_equal(bios_15_e820(&guest, list, 1, &count),
			 ERR_UNSUPPORTED);
	assert_int_equal(calls, 0);
	/* In a private view all of it is RAM. */
	guest.memory.plan = &private;
	assert_true(bios_services_have_buffer(&guest));
}

/* A disk whose sector n begins with the word n. */
static struct {
	bool extended, geometry, packets_refused;
	u16 sector_bytes;
	u32 fail; /* so many reads */
	u32 resets;
} disk_model;

static void fill(u32 lba, u32 sectors, u32 at)
{
	assert_true(lba + sectors <= DISK_SECTORS);
	/* All in the buffer, and in one 64 KiB page of DMA. */
	assert_true(at >= 0x30000 &&
		    at + sectors * disk_model.sector_bytes <= 0x40000);
	for (u32 i = 0; i < sectors; i++) {
		u32 word = lba + i;

		memcpy(memory + at + i * disk_model.sector_bytes, &word, 4);
	}
}

static void answer_parameters(struct bios_regs *regs)
{
	struct edd_parameters parameters = {
		.sectors = DISK_SECTORS,
		.sector_bytes = disk_model.sector_bytes,
	};

	assert_int_equal(regs->ds << 4, 0x30000);
	memcpy(memory + 0x30000, &parameters, sizeof(parameters));
}

static void disk_bios(u8 vector, struct bios_regs *regs)
{
	u32 ax = regs->eax;
	bool good = false;

	assert_int_equal(vector, 0x13);
	assert_int_equal(regs->edx & 0xff, 0x80);
	if (ax == 0x0000) {
		disk_model.resets++;
		good = true;
	} else if (ax == 0x4100) {
		good = disk_model.extended && regs->ebx == 0x55aa;
		regs->ebx = 0xaa55;
		regs->ecx = 1;
	} else if (ax == 0x4800) {
		good = true;
		answer_parameters(regs);
	} else if (ax == 0x0800) {
		good = disk_model.geometry;
		/* 5 cylinders, 16 heads, 63 sectors: 5040. */
		regs->ecx = 4 << 8 | 63;
		regs->edx = 15 << 8 | 1;
	} else if (disk_model.fail != 0) {
		disk_model.fail--;
	} else if (ax == 0x4200 && !disk_model.packets_refused) {
		struct edd_packet packet;

		memcpy(&packet, memory + 0x30000, sizeof(packet));
		assert_int_equal(packet.bytes, 16);
		fill((u32)packet.lba, packet.sectors,
		     (packet.segment << 4) + packet.offset);
		good = true;
	} else if (ax >> 8 == 2) {
		u32 cylinder = regs->ecx >> 8 | (regs->ecx & 0xc0) << 2;
		u32 sector = regs->ecx & 0x3f;

		assert_in_range(sector, 1, 63);
		assert_true(sector - 1 + (ax & 0xff) <= 63);
		fill((cylinder * 16 + (regs->edx >> 8)) * 63 + sector - 1,
		     ax & 0xff, (regs->es << 4) + (regs->ebx & 0xffff));
		good = true;
	}
	set_carry(regs, !good);
	if (!good) {
		regs->eax = ax == 0x4200 && disk_model.packets_refused ? 0x100
								       : 0x2000;
	}
}

static u8 sectors_read[300 * 512];

static void check_read(struct bios_13_disk *disk, u32 lba, u32 sectors)
{
	calls = 0;
	memset(sectors_read, 0xff, sizeof(sectors_read));
	assert_int_equal(bios_13_read(&guest, disk, lba, sectors, sectors_read,
				      sectors * disk->sector_bytes),
			 0);
	for (u32 i = 0; i < sectors; i++) {
		u32 word;

		memcpy(&word, sectors_read + i * disk->sector_bytes, 4);
		assert_int_equal(word, lba + i);
	}
}

static void model(bool extended, bool geometry, u16 sector_bytes)
{
	memset(&disk_model, 0, sizeof(disk_model));
	disk_model.extended = extended;
	disk_model.geometry = geometry;
	disk_model.sector_bytes = sector_bytes;
	bios = disk_bios;
}

static void disk_reads(void **state)
{
	struct bios_13_disk disk;

	(void)state;
	model(true, true, 512);
	assert_int_equal(bios_13_geometry(&guest, 0x80, &disk), 0);
	assert_true(disk.extended);
	assert_int_equal(disk.sectors, DISK_SECTORS);
	assert_int_equal(disk.heads, 16);
	assert_int_equal(disk.track_sectors, 63);
	assert_int_equal(disk.cylinders, 5);
	check_read(&disk, 0, 1);
	check_read(&disk, 17, 300);
	check_read(&disk, DISK_SECTORS - 1, 1);
	/* AH=02h, over the ends of tracks. */
	disk.extended = false;
	check_read(&disk, 60, 300);
	check_read(&disk, 2000, 1);
	model(true, false, 2048);
	assert_int_equal(bios_13_geometry(&guest, 0x80, &disk), 0);
	assert_int_equal(disk.heads, 0);
	check_read(&disk, 16, 75);
}

static void disk_failures(void **state)
{
	struct bios_13_disk disk;

	(void)state;
	model(true, true, 512);
	assert_int_equal(bios_13_geometry(&guest, 0x80, &disk), 0);
	/* Two failures are nothing; three are. */
	disk_model.fail = 2;
	check_read(&disk, 5, 3);
	assert_int_equal(disk_model.resets, 2);
	disk_model.fail = 3;
	assert_int_equal(bios_13_read(&guest, &disk, 0, 1, sectors_read, 512),
			 ERR_FAULT);
	assert_int_equal(disk.status, 0x20);
	/* A drive that has AH=42h only on paper is read by AH=02h. */
	disk_model.packets_refused = true;
	check_read(&disk, 62, 3);
	assert_false(disk.extended);
	/* No such drive. */
	model(false, false, 512);
	assert_int_equal(bios_13_geometry(&guest, 0x80, &disk), ERR_NOT_FOUND);
	assert_int_equal(bios_13_read(&guest, &disk, 0, 1, sectors_read, 512),
			 ERR_RANGE);
}

static void disk_bounds(void **state)
{
	static const struct {
		u64 lba;
		u32 sectors;
		size_t size;
	} table[] = {
		{ 0, 2, 1023 },
		{ DISK_SECTORS, 1, 512 },
		{ DISK_SECTORS - 1, 2, 1024 },
		{ UINT64_MAX, 2, 1024 },
		{ 0, UINT32_MAX, 512 },
	};
	static const u16 strange[] = { 0, 1, 511, 4097, 65535 };
	struct bios_13_disk disk;

	(void)state;
	model(true, true, 512);
	assert_int_equal(bios_13_geometry(&guest, 0x80, &disk), 0);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_int_equal(bios_13_read(&guest, &disk, table[i].lba,
					      table[i].sectors, sectors_read,
					      table[i].size),
				 ERR_RANGE);
	}
	disk.extended = false;
	disk.sectors = 0;
	assert_int_equal(bios_13_read(&guest, &disk, 5040, 1, sectors_read,
				      512),
			 ERR_RANGE);
	for (size_t i = 0; i < ARRAY_SIZE(strange); i++) {
		model(true, true, strange[i]);
		assert_int_equal(bios_13_geometry(&guest, 0x80, &disk), 0);
		assert_int_equal(bios_13_read(&guest, &disk, 0, 1, sectors_read,
					      sizeof(sectors_read)),
				 ERR_RANGE);
	}
}

/* VBE: a mode that the test has made worse. */
static struct vbe_mode_block mode_block;
static u32 list_at;
static u16 mode_set;
static u16 ax_answer;

static const struct vbe_mode_block good_mode = {
	.attributes = 0x9b,
	.pitch = 3200,
	.width = 800,
	.height = 600,
	.bits_per_pixel = 32,
	.memory_model = 6,
	.red = { 8, 16 },
	.green = { 8, 8 },
	.blue = { 8, 0 },
	.framebuffer = FRAMEBUFFER,
};

static void vbe_bios(u8 vector, struct bios_regs *regs)
{
	struct vbe_info_block info = {
		.signature = { 'V', 'E', 'S', 'A' },
		.version = 0x200,
		.modes_offset = (u16)(list_at & 0xf),
		.modes_segment = (u16)(list_at >> 4),
		.memory_64k = 256,
	};
	u16 ax = (u16)regs->eax;

	assert_int_equal(vector, 0x10);
	regs->eax = ax_answer;
	if (ax == 0x4f00) {
		assert_memory_equal(memory + 0x30000, "VBE2", 4);
		memcpy(memory + 0x30000, &info, sizeof(info));
	} else if (ax == 0x4f01) {
		memcpy(memory + 0x30000, &mode_block, sizeof(mode_block));
	} else if (ax == 0x4f02) {
		assert_int_equal(regs->ebx & 0x4000, 0x4000);
		mode_set = (u16)(regs->ebx & 0x3fff);
	} else if (ax == 0x4f03) {
		regs->ebx = mode_set | 0x4000u;
	}
}

static void vbe_list(void **state)
{
	static const u16 list[] = { 0x101, 0x118, 0xffff };
	struct bios_10_vbe_info info;

	(void)state;
	bios = vbe_bios;
	ax_answer = VBE_SUCCESS;
	list_at = 0xc1234;
	memcpy(memory + list_at, list, sizeof(list));
	assert_int_equal(bios_10_vbe_info(&guest, &info), 0);
	assert_int_equal(info.version, 0x200);
	assert_int_equal(info.memory_kib, 16384);
	assert_int_equal(info.mode_count, 2);
	assert_int_equal(info.mode[1], 0x118);
	/* A list with no end. */
	memset(memory + list_at, 0, 4096);
	assert_int_equal(bios_10_vbe_info(&guest, &info), 0);
	assert_int_equal(info.mode_count, BIOS_10_MAX_MODES);
	/* One that reaches beyond memory. */
	list_at = 0xfffff;
	assert_int_equal(bios_10_vbe_info(&guest, &info), 0);
	ax_answer = 0x0100;
	assert_int_equal(bios_10_vbe_info(&guest, &info), ERR_UNSUPPORTED);
	ax_answer = 0x014f;
	assert_int_equal(bios_10_vbe_info(&guest, &info), ERR_FAULT);
}

static int with(const struct vbe_mode_block *block)
{
	struct bios_10_vbe_mode mode;

	mode_block = *block;
	return bios_10_vbe_mode_info(&guest, 0x143, &mode);
}

#define CHANGED(field, value)                                                  \
	({                                                                     \
		struct vbe_mode_block changed = good_mode;                     \
		changed.field = value;                                         \
		with(&changed);                                                \
	})

static void vbe_modes(void **state)
{
	struct vbe_mode_block odd = good_mode;
	struct bios_10_vbe_mode mode;

	(void)state;
	bios = vbe_bios;
	ax_answer = VBE_SUCCESS;
	mode_block = good_mode;
	assert_int_equal(bios_10_vbe_mode_info(&guest, 0x143, &mode), 0);
	assert_int_equal(mode.pitch, 3200);
	assert_int_equal(mode.framebuffer, FRAMEBUFFER);
	assert_int_equal(mode.red.position, 16);
	/* VBE 3.0 has values of the linear framebuffer's own. */
	mode_block.linear_pitch = 4096;
	mode_block.linear_red = (struct vbe_field){ 8, 0 };
	mode_block.linear_blue = (struct vbe_field){ 8, 16 };
	assert_int_equal(bios_10_vbe_mode_info(&guest, 0x143, &mode), 0);
	assert_int_equal(mode.pitch, 4096);
	assert_int_equal(mode.red.position, 0);
	assert_int_equal(CHANGED(attributes, 0x9a), ERR_NOT_FOUND);
	assert_int_equal(CHANGED(attributes, 0x1b), ERR_UNSUPPORTED);
	assert_int_equal(CHANGED(memory_model, 4), ERR_UNSUPPORTED);
	assert_int_equal(CHANGED(bits_per_pixel, 8), ERR_UNSUPPORTED);
	assert_int_equal(CHANGED(bits_per_pixel, 33), ERR_UNSUPPORTED);
	assert_int_equal(CHANGED(pitch, 3199), ERR_CORRUPT);
	/* The last bit of a pixel takes a byte. */
	odd.bits_per_pixel = 17;
	odd.pitch = 2399;
	assert_int_equal(with(&odd), ERR_CORRUPT);
	odd.pitch = 2400;
	assert_int_equal(with(&odd), 0);
	assert_int_equal(CHANGED(width, 0), ERR_CORRUPT);
	assert_int_equal(CHANGED(height, 0), ERR_CORRUPT);
	assert_int_equal(CHANGED(framebuffer, 0), ERR_CORRUPT);
	assert_int_equal(CHANGED(framebuffer, 0x100000), ERR_CORRUPT);
	assert_int_equal(CHANGED(framebuffer, 0xfffff000), ERR_CORRUPT);
	assert_int_equal(CHANGED(framebuffer, FRAMEBUFFER + 0xfff000),
			 ERR_CORRUPT);
	assert_int_equal(CHANGED(red.bits, 9), ERR_CORRUPT);
	assert_int_equal(CHANGED(blue.position, 25), ERR_CORRUPT);
	ax_answer = 0x014f;
	assert_int_equal(with(&good_mode), ERR_NOT_FOUND);
}

static void other_mode(u8 vector, struct bios_regs *regs)
{
	vbe_bios(vector, regs);
	mode_set = 3;
}

static void vbe_set(void **state)
{
	struct bios_10_vbe_mode mode = { .number = 0x143 };

	(void)state;
	bios = vbe_bios;
	ax_answer = VBE_SUCCESS;
	assert_int_equal(bios_10_vbe_set_mode(&guest, &mode), 0);
	assert_int_equal(mode_set, 0x143);
	/* It says that it did, but shows another. */
	bios = other_mode;
	assert_int_equal(bios_10_vbe_set_mode(&guest, &mode), ERR_FAULT);
	ax_answer = 0x034f;
	assert_int_equal(bios_10_vbe_set_mode(&guest, &mode), ERR_FAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(e820_list, setup),
		cmocka_unit_test_setup(ends, setup),
		cmocka_unit_test_setup(disk_reads, setup),
		cmocka_unit_test_setup(disk_failures, setup),
		cmocka_unit_test_setup(disk_bounds, setup),
		cmocka_unit_test_setup(vbe_list, setup),
		cmocka_unit_test_setup(vbe_modes, setup),
		cmocka_unit_test_setup(vbe_set, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
