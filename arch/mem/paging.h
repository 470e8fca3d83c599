/*
 * The host's address space, the same on every core:
 *
 *	ffff800000000000  direct map: physical memory, never executable
 *	ffffc00000000000  kernel stacks, with unmapped guard pages between
 *	ffffffff80100000  the kernel's image: code is not writable, data not
 *	                  executable
 *
 * The lower half is empty, so that a null pointer faults.
 */
#pragma once

#include "arch/mem/direct_map.h"
#include "arch/mem/memmap.h"
#include "arch/x86.h"
#include "lib/types.h"

#define STACKS_BASE 0xffffc00000000000ull

/*
 * Builds the final tables from pages of arch/mem/pages.h and loads them on the
 * calling (boot) core. The direct map covers the first 4 GiB, devices there
 * included, and all RAM above. Returns 0 or ERR_NO_MEMORY.
 */
int paging_init(const struct memmap *map);

/* The physical address of the final tables, which is every core's CR3. */
u64 paging_cr3(void);

/* A sum of all page tables, but for what the processor notes in them. */
u64 paging_checksum(void);

/* Whether all of [phys, phys + bytes) can be reached by phys_to_virt(). */
bool phys_is_mapped(u64 phys, u64 bytes);

/*
 * Maps those of these addresses that are not mapped yet, RAM or not; at most
 * PAGING_REACH_MAX bytes. False if it cannot. Boot core, before others run.
 */
#define PAGING_REACH_MAX (32 * MIB)
bool paging_reach(u64 phys, u64 bytes);

/*
 * Maps video memory write-combining, whatever the MTRRs say of it, where
 * phys_to_virt() looks for it; all other accesses to it are then of that type,
 * too. Once; before paging_init(), which does not forget it. False where it is
 * out of reach.
 */
bool paging_map_framebuffer(u64 phys, u64 bytes);

/*
 * Maps a new stack of bytes (whole pages) in slot (0, 1, 2 ...) of the stack
 * area, an unmapped page below it. Returns its top, or 0 without memory.
 * STACK_SLOT_BYTES bounds bytes.
 */
#define STACK_SLOT_BYTES 0x10000ull
u64 paging_map_stack(u32 slot, u64 bytes);
