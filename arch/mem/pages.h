/*
 * The kernel's pages: the page allocator of the machine, with a lock, and pages
 * as pointers into the direct map. They come from the lower half of the RAM, at
 * most its first 64 MiB; what lies above is the guests', who believe the BIOS
 * that all of it is theirs.
 */
#pragma once

#include "arch/mem/memmap.h"
#include "lib/types.h"

/*
 * Takes over its part of the free RAM of map, and reserves its own bitmap in
 * map; both in the first GiB, which the boot tables map. Returns 0 or
 * ERR_NO_MEMORY.
 */
int pages_init(struct memmap *map);

/* Zeroed, contiguous; NULL when there is no such run left. Any core. */
void *pages_get(size_t count);

/*
 * Panics on a page that was not taken, or is given back twice: such a bug must
 * not spread. From then on nobody may write to it, which is seen when it is
 * handed out again: in its first 16 bytes, or anywhere in builds that check
 * everything (lib/build.h).
 */
void pages_put(void *pages, size_t count);

/*
 * Marks the pages that were never handed out like those that were. Boot core,
 * once, when all RAM is mapped; nothing is seen before.
 */
void pages_watch(void);

/*
 * A person writes to those addresses: the pages there that nobody has stay out
 * of use for good.
 */
void pages_keep(u64 phys, u64 bytes);

/* The first address that is not the kernel's: RAM from there on is guests'. */
u64 pages_end(void);

u64 pages_free_count(void);
u64 pages_total_count(void);
