/* Addresses that 64-bit hostile programs try. Pure. */
/* build: pure */
#include "proof/hostile/hostile_address64.h"

#include "guest/memory/guest64_memory.h"
#include "proof/hostile/hostile_layout64.h"
#include "proof/hostile/hostile_program.h"
#include "proof/hostile/hostile_random.h"

/*
 * Tries parts of the guest's RAM, what the machine has below 4 GiB, and the
 * ends of address ranges.
 */
u64 hostile_address64(u64 *state)
{
	static const u64 interesting[] = {
		0x0,
		0xffd,
		0x1000,
		0x1ff8,
		0x2000,
		0x3000,
		0x3ff8,
		0x5000,
		0x5018,
		0x6000,
		GUEST64_PROGRAM + HOSTILE_IMAGE_FRAME,
		GUEST64_PROGRAM + HOSTILE_IMAGE_GDT,
		GUEST64_PROGRAM + HOSTILE_IMAGE_TSS,
		GUEST64_PROGRAM + HOSTILE_IMAGE_IDT,
		GUEST64_PROGRAM + HOSTILE_IMAGE_CODE,
		HOSTILE_RAM_END - 3,
		HOSTILE_RAM_END,
		0xb8000,
		0x100000,
		0x1ffffd,
		0x200000,
		0x400000,
		0x3ffffffd,
		0x40000000,
		0xfec00000,
		0xfee00000,
		0xfee00300,
		0xfffffffd,
		0x100000000,
		0x8000000000,
		HOSTILE_NOT_CANONICAL - 3,
		HOSTILE_NOT_CANONICAL,
		0xffff7fffffffffff,
		0xffff800000000000,
		0xffffffff80000000,
		UINT64_MAX - 7,
		UINT64_MAX,
	};
	u32 kind = hostile_below(state, 4);

	if (kind == 0) {
		return hostile_next(state);
	}
	return kind == 1 ? hostile_below(state, HOSTILE_RAM_END + 0x1000)
			 : interesting[hostile_below(state,
						     ARRAY_SIZE(interesting))];
}
