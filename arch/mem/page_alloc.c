/*
 * The allocator of physical pages: a bitmap over the RAM of a struct memmap,
 * with a hint that makes single pages cheap. Pure; it does not know how pages
 * are mapped, and its caller makes sure that one core at a time calls it.
 */
/* build: pure */
#include "arch/mem/page_alloc.h"

#include "lib/error.h"
#include "lib/string.h"

#define WORD_BITS 64

/* Below 1 MiB are the IVT, the BDA, the trampoline and the guests' BIOS. */
#define FIRST_PAGE (MIB / PAGE_SIZE)

/* The pages [*first, *last) of the next run of RAM, none below 1 MiB. */
static bool next_run(const struct memmap *map, u32 *cursor, u64 *first,
		     u64 *last)
{
	u64 base;
	u64 end;

	while (memmap_next_ram(map, cursor, &base, &end)) {
		*first = MAX(base / PAGE_SIZE, FIRST_PAGE);
		*last = end / PAGE_SIZE;
		if (*first < *last) {
			return true;
		}
	}
	return false;
}

/* The first page in [page, limit) whose bit is `value`; limit if none is. */
static u64 find_bit(const struct page_alloc *pa, u64 page, u64 limit,
		    bool value)
{
	while (page < limit) {
		u64 word = pa->bitmap[page / WORD_BITS];

		word = (value ? word : ~word) >> (page % WORD_BITS);
		if (word != 0) {
			return MIN(page + (u64)__builtin_ctzll(word), limit);
		}
		page = ALIGN_DOWN(page, WORD_BITS) + WORD_BITS;
	}
	return limit;
}

/* Sets the bits of [page, page + pages), a word at a time where it can. */
static void mark(struct page_alloc *pa, u64 page, u64 pages, bool value)
{
	while (pages > 0) {
		u64 shift = page % WORD_BITS;
		u64 bits = MIN(WORD_BITS - shift, pages);
		u64 mask = (~0ull >> (WORD_BITS - bits)) << shift;

		if (value) {
			pa->bitmap[page / WORD_BITS] |= mask;
		} else {
			pa->bitmap[page / WORD_BITS] &= ~mask;
		}
		page += bits;
		pages -= bits;
	}
}

size_t page_alloc_bitmap_bytes(const struct memmap *map, u64 max_phys)
{
	u64 max_page = max_phys == 0 ? ~0ull : max_phys / PAGE_SIZE;
	u64 pages = 0;
	u32 cursor = 0;
	u64 first;
	u64 last;

	while (next_run(map, &cursor, &first, &last)) {
		if (first < max_page) {
			pages = MIN(last, max_page);
		}
	}
	/* Bits of the last word beyond max_phys must not be handed out. */
	if (pages == max_page) {
		pages = ALIGN_DOWN(pages, WORD_BITS);
	}
	return (size_t)(ALIGN_UP(pages, WORD_BITS) / 8);
}

int page_alloc_init(struct page_alloc *pa, const struct memmap *map,
		    void *bitmap, size_t bitmap_bytes)
{
	u32 cursor = 0;
	u64 first;
	u64 last;

	if (map == NULL || bitmap == NULL ||
	    (uintptr_t)bitmap % sizeof(u64) != 0) {
		return ERR_INVALID;
	}
	bitmap_bytes -= bitmap_bytes % sizeof(u64);
	memset(pa, 0, sizeof(*pa));
	memset(bitmap, 0, bitmap_bytes);
	pa->map = map;
	pa->bitmap = bitmap;
	pa->page_limit = (u64)bitmap_bytes * 8;
	pa->hint = FIRST_PAGE;
	while (next_run(map, &cursor, &first, &last)) {
		u64 covered = MIN(last, pa->page_limit);

		if (first < covered) {
			mark(pa, first, covered - first, true);
			pa->total += covered - first;
		}
		pa->left_out += last - MAX(first, covered);
	}
	pa->free = pa->total;
	return pa->total == 0 ? ERR_NO_MEMORY : 0;
}

u64 page_alloc_get(struct page_alloc *pa, size_t pages, u64 below)
{
	u64 limit = pa->page_limit;
	u64 lowest;
	u64 page;

	if (below != 0) {
		limit = MIN(limit, below / PAGE_SIZE);
	}
	if (pages == 0 || pages > pa->free || pa->hint >= limit) {
		return 0;
	}
	lowest = find_bit(pa, pa->hint, limit, true);
	pa->hint = lowest;
	for (page = lowest; limit - page >= pages;) {
		u64 used = find_bit(pa, page, page + pages, false);

		if (used == page + pages) {
			mark(pa, page, pages, false);
			pa->free -= pages;
			if (page == lowest) {
				pa->hint = page + pages;
			}
			return page * PAGE_SIZE;
		}
		page = find_bit(pa, used, limit, true);
	}
	return 0;
}

u64 page_alloc_next_free(const struct page_alloc *pa, u64 phys)
{
	u64 first =
		MIN(phys / PAGE_SIZE + (phys % PAGE_SIZE != 0), pa->page_limit);
	u64 page = find_bit(pa, first, pa->page_limit, true);

	return page == pa->page_limit ? 0 : page * PAGE_SIZE;
}

bool page_alloc_take(struct page_alloc *pa, u64 phys)
{
	u64 page = phys / PAGE_SIZE;

	if (page >= pa->page_limit ||
	    find_bit(pa, page, page + 1, true) != page) {
		return false;
	}
	mark(pa, page, 1, false);
	pa->free--;
	return true;
}

int page_alloc_put(struct page_alloc *pa, u64 phys, size_t pages)
{
	u64 page = phys / PAGE_SIZE;

	if (phys % PAGE_SIZE != 0 || page < FIRST_PAGE || pages == 0 ||
	    page >= pa->page_limit || pages > pa->page_limit - page ||
	    !memmap_is_ram(pa->map, phys, (u64)pages * PAGE_SIZE) ||
	    find_bit(pa, page, page + pages, true) != page + pages) {
		return ERR_INVALID;
	}
	mark(pa, page, pages, true);
	pa->free += pages;
	pa->hint = MIN(pa->hint, page);
	return 0;
}
