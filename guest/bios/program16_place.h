/*
 * Checks where a 16-bit program lies: its image, and the return address on its
 * stack, must be in the memory that the BIOS leaves to programs. Pure.
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
	const struct memmap
		*ram; /* the room must be RAM in it; NULL: not checked */
};

/*
 * The end of the room: the lowest of the base memory's end (memory_kib, by the
 * BIOS), the EBDA's start, and the end of RAM in the memory map, which is lower
 * on some machines. ram may be NULL.
 */
u32 program16_room_end(u16 memory_kib, u16 ebda_segment,
		       const struct memmap *ram);

/*
 * Whether image and return address lie in the room and do not overlap; regs are
 * those at the entry. Returns 0, or ERR_RANGE with why: "what; where; what to
 * do".
 */
int program16_place_check(const struct program16 *program,
			  const struct bios_regs *regs,
			  const struct program16_room *room, char *why,
			  size_t size);
