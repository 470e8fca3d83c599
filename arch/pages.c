/*
 * The one page allocator of the machine. Pages are cleared when they are handed
 * out, so that nothing passes from one user to the next.
 */
#include "arch/pages.h"

#include "arch/page_alloc.h"
#include "arch/paging.h"
#include "arch/panic.h"
#include "arch/spinlock.h"
#include "lib/error.h"
#include "lib/string.h"

#define KERNEL_SHARE_MAX (64 * MIB)

static struct page_alloc allocator;
static u64 kernel_end;
static struct spinlock lock = SPINLOCK_INIT;

/* The lowest RAM above 1 MiB with room for the bitmap; 0 if there is none. */
static u64 find_room(const struct memmap *map, u64 bytes)
{
	u32 cursor = 0;
	u64 base, end;

	while (memmap_next_ram(map, &cursor, &base, &end)) {
		base = MAX(base, MIB);
		if (end > base && end - base >= bytes) {
			return base;
		}
	}
	return 0;
}

/* The address below which half of the RAM lies, if that is not too much. */
static u64 find_kernel_end(const struct memmap *map)
{
	u64 share = MIN(memmap_usable_bytes(map) / 2, KERNEL_SHARE_MAX);
	u32 cursor = 0;
	u64 base, end;

	while (memmap_next_ram(map, &cursor, &base, &end)) {
		base = MAX(base, MIB);
		if (end > base && end - base >= share) {
			return ALIGN_UP(base + share, PAGE_SIZE);
		}
		share -= end > base ? end - base : 0;
	}
	return end;
}

u64 pages_end(void)
{
	return kernel_end;
}

int pages_init(struct memmap *map)
{
	size_t bytes;
	u64 room;
	int err;

	kernel_end = find_kernel_end(map);
	bytes = page_alloc_bitmap_bytes(map, kernel_end);
	room = find_room(map, ALIGN_UP(bytes, PAGE_SIZE));

	if (bytes == 0 || room == 0) {
		return ERR_NO_MEMORY;
	}
	err = memmap_reserve(map, room, ALIGN_UP(bytes, PAGE_SIZE),
			     MEMMAP_KERNEL);
	if (err != 0) {
		return err;
	}
	return page_alloc_init(&allocator, map, phys_to_virt(room), bytes);
}

void *pages_get(size_t count)
{
	void *pages;
	u64 phys;

	spinlock_lock(&lock);
	phys = page_alloc_get(&allocator, count, 0);
	spinlock_unlock(&lock);
	if (phys == 0) {
		return NULL;
	}
	pages = phys_to_virt(phys);
	memset(pages, 0, count * PAGE_SIZE);
	return pages;
}

void pages_put(void *pages, size_t count)
{
	int err;

	spinlock_lock(&lock);
	err = page_alloc_put(&allocator, virt_to_phys(pages), count);
	spinlock_unlock(&lock);
	if (err != 0) {
		panic("pages_put: %lx was not handed out", (u64)pages);
	}
}

u64 pages_free_count(void)
{
	return __atomic_load_n(&allocator.free, __ATOMIC_RELAXED);
}

u64 pages_total_count(void)
{
	return allocator.total;
}
