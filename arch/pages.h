/*
 * The kernel's pages: the page allocator of the machine, with a lock, and pages
 * as pointers into the direct map. All of them lie below 4 GiB, where 32-bit
 * guest tables and trampolines can reach them.
 */
#pragma once

#include "arch/memmap.h"
#include "lib/types.h"

/*
 * Takes over the free RAM of map below 4 GiB and reserves its own bitmap in
 * map, in the first GiB, which the boot tables map. Pages come lowest first,
 * so paging_init() finds its own there too. Returns 0 or ERR_NO_MEMORY.
 */
int pages_init(struct memmap *map);

/* Zeroed, contiguous; NULL when there is no such run left. Any core. */
void *pages_get(size_t count);

/* Panics on a page that was not taken: such a bug must not spread. */
void pages_put(void *pages, size_t count);

u64 pages_free_count(void);
u64 pages_total_count(void);
