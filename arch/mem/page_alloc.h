/*
 * Hands out pages of physical memory: one bit a page over the RAM of a struct
 * memmap. Pure: it never touches the pages themselves and has no lock (the
 * caller holds one). Page 0 and all else below 1 MiB is never handed out.
 */
#pragma once

#include "arch/mem/memmap.h"
#include "lib/types.h"

struct page_alloc {
	u64 total;    /* pages that can be handed out in all */
	u64 free;     /* of those, free now */
	u64 left_out; /* pages of RAM that the bitmap does not reach */

	/* For the allocator alone. */
	const struct memmap *map;
	u64 *bitmap;	/* a bit is set if the page is RAM and free */
	u64 page_limit; /* the bitmap covers the pages below this one */
	u64 hint;	/* no page below this one is free */
};

/*
 * The size of the bitmap in bytes (a multiple of 8) for the RAM below max_phys;
 * max_phys 0: all of it. 0 if there is no RAM there above 1 MiB.
 */
size_t page_alloc_bitmap_bytes(const struct memmap *map, u64 max_phys);

/*
 * Makes every whole page of RAM in map free, as far as the bitmap reaches;
 * pa->left_out counts the others. A bitmap in RAM (8-byte aligned) must be
 * reserved in map already, and map must not change from now on. ERR_INVALID: a
 * null or unaligned pointer. ERR_NO_MEMORY: no page at all.
 */
int page_alloc_init(struct page_alloc *pa, const struct memmap *map,
		    void *bitmap, size_t bitmap_bytes);

/*
 * The physical address of the lowest run of free pages, all of it below
 * `below` (0 = anywhere); 0 if there is none or pages is 0.
 */
u64 page_alloc_get(struct page_alloc *pa, size_t pages, u64 below);

/* The first free page at phys or above; 0 if there is none. */
u64 page_alloc_next_free(const struct page_alloc *pa, u64 phys);

/* Takes this page, so that it is not handed out; false if it is not free. */
bool page_alloc_take(struct page_alloc *pa, u64 phys);

/*
 * Takes pages back, all of an allocation or a part. ERR_INVALID, and nothing
 * has changed: one of them is free already or was never handed out, or phys is
 * not the start of a page.
 */
int page_alloc_put(struct page_alloc *pa, u64 phys, size_t pages);
