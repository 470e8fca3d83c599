/*
 * The kernel's pages: the machine's page allocator with a lock, and pages as
 * pointers into the direct map. They come from the lower half of the RAM, at
 * most its first 64 MiB. The RAM above is left to guests, whom the BIOS tells
 * that all RAM is theirs.
 */
#pragma once

#include "arch/mem/memmap.h"
#include "lib/types.h"

/*
 * Takes the kernel's part of the free RAM in map, and reserves the bitmap in
 * map. Both lie in the first GiB, which the boot tables map. Returns 0 or
 * ERR_NO_MEMORY.
 */
int pages_init(struct memmap *map);

/* Hands out contiguous, zeroed pages; NULL if no such run is left. Any core. */
void *pages_get(size_t count);

/*
 * Takes pages back. Panics if a page was not handed out or is given back twice.
 * Nobody may write to the pages from now on: a write is seen when a page is
 * handed out again, in its first 16 bytes, or anywhere in a debug build
 * (lib/build.h).
 */
void pages_put(void *pages, size_t count);

/*
 * Marks the pages that were never handed out, as pages_put() marks others. Boot
 * core, once, when all RAM is mapped. Before that, no write to free pages is
 * seen.
 */
void pages_watch(void);

/*
 * Takes the free pages at these addresses out of use for good, because a person
 * writes to them.
 */
void pages_keep(u64 phys, u64 bytes);

/* The end of the kernel's part: RAM from this address on is left to guests. */
u64 pages_end(void);

u64 pages_free_count(void);
u64 pages_total_count(void);
