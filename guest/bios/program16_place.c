/*
 * Checks the place of a program. Image and addresses come from a file and a
 * command and may be wrong in any way.
 */
/* build: pure */
#include "guest/bios/program16_place.h"

#include "guest/abi.h"
#include "guest/memory/guest_memory.h"
#include "lib/error.h"
#include "lib/fmt.h"

#define FAR_CALL_BYTES 4u
#define SEGMENT_BYTES 0x10000u
#define OBSTACLE_BYTES 64

/* The end of the highest RAM below `limit`. */
static u32 last_ram_end(const struct memmap *ram, u32 limit)
{
	u64 end = 0;

	for (u32 i = 0; i < ram->count; i++) {
		const struct memmap_region *region = &ram->region[i];

		if (region->type == MEMMAP_RAM && region->base < limit) {
			end = MIN(region->end, limit);
		}
	}
	return (u32)end;
}

u32 program16_room_end(u16 memory_kib, u16 ebda_segment,
		       const struct memmap *ram)
{
	u32 end = MIN(memory_kib * (u32)KIB, GUEST_LOW_END);
	u32 ebda = (u32)ebda_segment << 4;

	if (ebda > PROGRAM_LOWEST) {
		end = MIN(end, ebda);
	}
	return ram != NULL ? last_ram_end(ram, end) : end;
}

static bool is_free(const struct program16_room *room, u32 start, u64 bytes)
{
	return start >= PROGRAM_LOWEST && start < room->end &&
	       bytes <= room->end - start &&
	       (room->ram == NULL || memmap_is_ram(room->ram, start, bytes));
}

/* Writes ", but ..." and what the program overlaps within the room, or "". */
static void name_obstacle(const struct program16_room *room, u32 start,
			  u64 bytes, char *text, size_t size)
{
	const struct memmap *ram = room->ram;
	u64 at = MAX(start, PROGRAM_LOWEST);
	u64 end = MIN(start + bytes, room->end);
	const struct memmap_region *region;

	text[0] = '\0';
	if (ram == NULL || at >= end) {
		return;
	}
	region = memmap_find(ram, at);
	if (region != NULL && region->type == MEMMAP_RAM) {
		at = region->end;
		region = memmap_find(ram, at);
	}
	if (at < end && region != NULL) {
		fmt_snprintf(text, size, ", but %05lx-%05lx is %s",
			     region->base, region->end - 1,
			     memmap_type_name(region->type));
	} else if (at < end) {
		fmt_snprintf(text, size, ", but there is no RAM at %05lx", at);
	}
}

int program16_place_check(const struct program16 *program,
			  const struct bios_regs *regs,
			  const struct program16_room *room, char *why,
			  size_t size)
{
	u32 start = far_to_linear(program->at.segment, program->at.offset);
	u16 sp = (u16)(regs->esp - FAR_CALL_BYTES);
	u32 stack = far_to_linear((u16)regs->ss, sp);
	char obstacle[OBSTACLE_BYTES];

	if (room->end <= PROGRAM_LOWEST) {
		fmt_snprintf(why, size,
			     "the BIOS says that there is no memory for "
			     "programs; it ends at %05x; see 'memmap'",
			     room->end);
		return ERR_RANGE;
	}
	if (program->bytes == 0) {
		fmt_snprintf(why, size,
			     "the file is empty; the module's image; give one "
			     "with code in it");
		return ERR_RANGE;
	}
	if (!is_free(room, start, program->bytes)) {
		name_obstacle(room, start, program->bytes, obstacle,
			      sizeof(obstacle));
		fmt_snprintf(why, size,
			     "an image of %lu bytes has no room at %04x:%04x; "
			     "%05x-%05lx; programs may have %05x-%05x%s",
			     program->bytes, program->at.segment,
			     program->at.offset, start,
			     start + program->bytes - 1, PROGRAM_LOWEST,
			     room->end - 1, obstacle);
		return ERR_RANGE;
	}
	/*
	 * The frame of the far call may not wrap around the end of the segment
	 * either.
	 */
	if (sp > SEGMENT_BYTES - FAR_CALL_BYTES ||
	    !is_free(room, stack, FAR_CALL_BYTES) ||
	    (stack < start + program->bytes &&
	     start < stack + FAR_CALL_BYTES)) {
		name_obstacle(room, stack, FAR_CALL_BYTES, obstacle,
			      sizeof(obstacle));
		fmt_snprintf(why, size,
			     "the return address at %05x is in the image or "
			     "outside %05x-%05x%s; SS:SP %04x:%04x; give "
			     "another stack by ss= and esp=",
			     stack, PROGRAM_LOWEST, room->end - 1, obstacle,
			     regs->ss & 0xffff, regs->esp & 0xffff);
		return ERR_RANGE;
	}
	return 0;
}
