/*
 * guest/bios/program16_place.c: any image, stack and words of the BIOS. What is
 * let pass is compared with a map of the first 1.1 MiB, byte by byte in effect:
 * image and return address lie in the room, in RAM, and apart.
 */
#include "guest/abi.h"
#include "guest/bios/program16_place.h"
#include "tests/fuzz/fuzz.h"

#define BYTES 0x110000u
#define GRAIN 0x100u /* of holes in the RAM */

static u8 is_ram[BYTES / GRAIN];
static struct memmap map;

/* All of it but for some holes. */
static void make_map(struct fuzz_input *in)
{
	unsigned holes = (unsigned)fuzz_take(in, 1) % 4;

	memmap_init(&map);
	CHECK(memmap_add(&map, 0, BYTES, MEMMAP_RAM) == 0);
	memset(is_ram, 1, sizeof(is_ram));
	for (unsigned i = 0; i < holes; i++) {
		u32 first = (u32)fuzz_take(in, 2) % (BYTES / GRAIN);
		u32 count = (u32)fuzz_take(in, 1) + 1;

		count = MIN(count, BYTES / GRAIN - first);
		CHECK(memmap_add(&map, (u64)first * GRAIN, (u64)count * GRAIN,
				 MEMMAP_RESERVED) == 0);
		memset(is_ram + first, 0, count);
	}
}

/* The same question asked of each byte; by steps of at most GRAIN. */
static bool all_free(u64 start, u64 bytes, u64 end, bool look_at_map)
{
	if (start < PROGRAM_LOWEST || bytes > BYTES || start + bytes > end) {
		return false;
	}
	for (u64 at = start; look_at_map && at < start + bytes; at++) {
		if (!is_ram[at / GRAIN]) {
			return false;
		}
		at |= GRAIN - 1;
	}
	return true;
}

static u64 expected_end(u64 kib, u64 ebda)
{
	u64 end = kib * 1024 < 0xa0000 ? kib * 1024 : 0xa0000;

	ebda *= 16;
	return ebda > PROGRAM_LOWEST && ebda < end ? ebda : end;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	u8 form = (u8)fuzz_take(&in, 1);
	u16 kib = (u16)fuzz_take(&in, 2);
	u16 ebda = (u16)fuzz_take(&in, 2);
	struct program16 program = {
		.at = { .segment = (u16)fuzz_take(&in, 2),
			.offset = (u16)fuzz_take(&in, 2) },
		.bytes = form & 2 ? fuzz_take_number(&in) : fuzz_take(&in, 3),
	};
	struct bios_regs regs = { .ss = (u32)fuzz_take(&in, 4),
				  .esp = (u32)fuzz_take(&in, 4) };
	struct program16_room room = { .ram = form & 1 ? &map : NULL };
	u64 start = program.at.segment * 16ull + program.at.offset;
	u64 stack = (u16)regs.ss * 16ull + (u16)(regs.esp - 4);
	char why[192];
	bool good;
	int err;

	make_map(&in);
	room.end = program16_room_end(kib, ebda, room.ram);
	memset(why, 0x5a, sizeof(why));
	CHECK(room.ram == NULL
		      ? room.end == expected_end(kib, ebda)
		      : room.end <= expected_end(kib, ebda) &&
				(room.end == 0 ||
				 memmap_is_ram(&map, room.end - 1, 1)));
	good = program.bytes != 0 &&
	       all_free(start, program.bytes, room.end, form & 1) &&
	       all_free(stack, 4, room.end, form & 1) &&
	       (u16)(regs.esp - 4) <= 0xfffc &&
	       (stack + 4 <= start || start + program.bytes <= stack);
	err = program16_place_check(&program, &regs, &room, why, sizeof(why));
	CHECK(err == (good ? 0 : ERR_RANGE));
	CHECK(good || (why[0] != '\0' && fuzz_is_line(why, sizeof(why))));
	return 0;
}
