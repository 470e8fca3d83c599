/*
 * Where a 16-bit program may lie: its image and the return address on its
 * stack, in what the BIOS leaves to programs. Pure.
 */
#pragma once

#include "arch/mem/memmap.h"
#include "guest/bios_regs.h"
#include "guest/far_ptr.h"
#include "lib/types.h"

struct program16 {
	const void *image;
	size_t bytes;
	struct far_ptr at;
};

/* The memory that programs may have: from PROGRAM_LOWEST to end. */
struct program16_room {
	u32 end;
	const struct memmap *ram; /* all of it must be RAM there; NULL: it is */
};

/*
 * Its end, by the BIOS's words, KiB of base memory and the EBDA's segment, and
 * by the memory map, which on some machines ends earlier; ram may be NULL.
 */
u32 program16_room_end(u16 memory_kib, u16 ebda_segment,
		       const struct memmap *ram);

/*
 * Whether the image and the way back have a place of their own in the room;
 * regs are those of the entry. 0, or ERR_RANGE with why: "what; where; what to
 * do".
 */
int program16_place_check(const struct program16 *program,
			  const struct bios_regs *regs,
			  const struct program16_room *room, char *why,
			  size_t size);
