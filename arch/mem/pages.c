/*
 * The machine's page allocator. Pages are cleared when they are handed out, so
 * that one user never sees another's data, and are marked while they are free
 * (arch/mem/page_poison.h).
 */
/* build: hot */
#include "arch/mem/pages.h"

#include "arch/mem/direct_map.h"
#include "arch/mem/page_alloc.h"
#include "arch/mem/page_poison.h"
#include "arch/panic.h"
#include "arch/spinlock.h"
#include "lib/build.h"
#include "lib/error.h"

#define KERNEL_SHARE_MAX (64 * MIB)

/*
 * How many bytes of a free page are marked. Marking whole pages would double
 * the cost of a new guest.
 */
#define WATCHED_BYTES (build_is_debug ? PAGE_SIZE : 16)

static struct page_alloc allocator;
static bool watched;
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

/*
 * The address below which half of the RAM lies, or the most that the kernel
 * takes.
 */
static u64 find_kernel_end(const struct memmap *map)
{
	u64 share = MIN(memmap_usable_bytes(map) / 2, KERNEL_SHARE_MAX);
	u32 cursor = 0;
	u64 base, end = 0;

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

void pages_watch(void)
{
	u64 phys = 0;

	while ((phys = page_alloc_next_free(&allocator, phys)) != 0) {
		page_poison_write(phys_to_virt(phys), WATCHED_BYTES);
		phys += PAGE_SIZE;
	}
	watched = true;
}

static void check_unused(const u8 *pages, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const u8 *page = pages + i * PAGE_SIZE;
		size_t offset = page_poison_find(page, WATCHED_BYTES);

		if (unlikely(offset != WATCHED_BYTES)) {
			panic("pages_get: somebody wrote to page %lx after it "
			      "was given back: %016lx at offset %lx",
			      virt_to_phys(page),
			      *(const u64 *)(const void *)(page + offset),
			      offset);
		}
	}
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
	if (watched) {
		check_unused(pages, count);
	}
	clear_quadwords(pages, count * (PAGE_SIZE / sizeof(u64)));
	return pages;
}

/* Panics, naming the page that is free already or was never handed out. */
static void __attribute__((noreturn, cold)) refuse(u64 phys, size_t count)
{
	u64 free = page_alloc_next_free(&allocator, phys);

	if (free != 0 && free < phys + count * PAGE_SIZE) {
		panic("pages_put: page %lx is free already: it was given back "
		      "twice",
		      free);
	}
	panic("pages_put: %lx was never handed out", phys);
}

/* Marks the pages before another core can get them. */
void pages_put(void *pages, size_t count)
{
	u64 phys = virt_to_phys(pages);
	int err;

	spinlock_lock(&lock);
	err = page_alloc_put(&allocator, phys, count);
	for (size_t i = 0; err == 0 && i < count; i++) {
		page_poison_write((u8 *)pages + i * PAGE_SIZE, WATCHED_BYTES);
	}
	spinlock_unlock(&lock);
	if (err != 0) {
		refuse(phys, count);
	}
}

void pages_keep(u64 phys, u64 bytes)
{
	u64 end = phys + bytes;

	spinlock_lock(&lock);
	for (u64 page = ALIGN_DOWN(phys, PAGE_SIZE); page < end;
	     page += PAGE_SIZE) {
		page_alloc_take(&allocator, page);
	}
	spinlock_unlock(&lock);
}

u64 pages_free_count(void)
{
	return __atomic_load_n(&allocator.free, __ATOMIC_RELAXED);
}

u64 pages_total_count(void)
{
	return allocator.total;
}
