/*
 * Builds and walks a guest's page tables. Called on the guest's core while the
 * guest is not running.
 */
#include "guest/guest_memory.h"

#include "arch/pages.h"
#include "arch/paging.h"
#include "arch/x86.h"
#include "guest/bios_area.h"
#include "lib/error.h"
#include "lib/string.h"

#define PTE_USER ((u32)(PAGING_P | PAGING_RW | PAGING_US))
#define PTE_SYSTEM ((u32)(PAGING_P | PAGING_RW))
#define PTE_ADDRESS 0xfffff000u
#define LOW_PAGES (GUEST_LOW_END >> PAGE_SHIFT)
#define MEGABYTE_PAGES (GUEST_MEGABYTE >> PAGE_SHIFT)
#define WRAPPED_PAGES 16u /* of 64 KiB above 1 MiB */

static void map_page(struct guest_memory *memory, u32 page, u32 phys)
{
	memory->table[page] = phys | PTE_USER;
	if (page < WRAPPED_PAGES) {
		memory->table[MEGABYTE_PAGES + page] = phys | PTE_USER;
	}
}

static void map_machine(struct guest_memory *memory, u32 first, u32 end)
{
	for (u32 page = first; page < end; page++) {
		map_page(memory, page, page << PAGE_SHIFT);
	}
}

int guest_memory_init(struct guest_memory *memory, enum guest_view view)
{
	memset(memory, 0, sizeof(*memory));
	memory->view = view;
	memory->directory = pages_get(1);
	memory->table = pages_get(1);
	memory->system = pages_get(GUEST_SYSTEM_PAGES);
	if (memory->directory == NULL || memory->table == NULL ||
	    memory->system == NULL) {
		guest_memory_free(memory);
		return ERR_NO_MEMORY;
	}
	memory->directory[0] = (u32)virt_to_phys(memory->table) | PTE_USER;
	if (view == GUEST_VIEW_MACHINE) {
		map_machine(memory, 0, LOW_PAGES);
	}
	map_machine(memory, LOW_PAGES, MEGABYTE_PAGES);
	for (u32 i = 0; i < GUEST_SYSTEM_PAGES; i++) {
		u32 phys =
			(u32)virt_to_phys(memory->system) + (i << PAGE_SHIFT);

		memory->table[(GUEST_SYSTEM_BASE >> PAGE_SHIFT) + i] =
			phys | PTE_SYSTEM;
	}
	return 0;
}

static void free_private_pages(struct guest_memory *memory)
{
	for (u32 page = 0; page < LOW_PAGES; page++) {
		u32 entry = memory->table[page];

		if (entry & PAGING_P) {
			pages_put(phys_to_virt(entry & PTE_ADDRESS), 1);
		}
	}
}

void guest_memory_free(struct guest_memory *memory)
{
	if (memory->table != NULL) {
		if (memory->view == GUEST_VIEW_PRIVATE) {
			free_private_pages(memory);
		}
		pages_put(memory->table, 1);
	}
	if (memory->directory != NULL) {
		pages_put(memory->directory, 1);
	}
	if (memory->system != NULL) {
		pages_put(memory->system, GUEST_SYSTEM_PAGES);
	}
	memset(memory, 0, sizeof(*memory));
}

u64 guest_memory_cr3(const struct guest_memory *memory)
{
	return virt_to_phys(memory->directory);
}

/* Of the two linear addresses of a wrapped page, the lower. */
static u32 unwrap(u32 linear)
{
	return linear >= GUEST_MEGABYTE ? linear - GUEST_MEGABYTE : linear;
}

int guest_memory_touch(struct guest_memory *memory, u32 linear)
{
	u32 page = unwrap(linear) >> PAGE_SHIFT;
	const void *original = bios_area_page(page);
	void *copy;

	if (linear >= GUEST_LINEAR_END || page >= LOW_PAGES ||
	    memory->table[page] & PAGING_P) {
		return ERR_RANGE;
	}
	copy = pages_get(1);
	if (copy == NULL) {
		return ERR_NO_MEMORY;
	}
	if (original != NULL) {
		memcpy(copy, original, PAGE_SIZE);
	}
	map_page(memory, page, (u32)virt_to_phys(copy));
	memory->private_pages++;
	return 0;
}

u8 *guest_memory_at(struct guest_memory *memory, u32 linear)
{
	u32 entry;

	if (linear >= GUEST_LINEAR_END) {
		return NULL;
	}
	entry = memory->table[linear >> PAGE_SHIFT];
	if (!(entry & PAGING_P)) {
		if (guest_memory_touch(memory, linear) != 0) {
			return NULL;
		}
		entry = memory->table[linear >> PAGE_SHIFT];
	}
	return (u8 *)phys_to_virt(entry & PTE_ADDRESS) + linear % PAGE_SIZE;
}

/* Copies piece by piece, a page at a time. */
static int transfer(struct guest_memory *memory, u32 linear, u8 *buffer,
		    size_t bytes, bool to_guest)
{
	if (linear >= GUEST_LINEAR_END || bytes > GUEST_LINEAR_END - linear) {
		return ERR_RANGE;
	}
	while (bytes != 0) {
		size_t piece = MIN(bytes, PAGE_SIZE - linear % PAGE_SIZE);
		u8 *at = guest_memory_at(memory, linear);

		if (at == NULL) {
			return ERR_NO_MEMORY;
		}
		if (to_guest) {
			memcpy(at, buffer, piece);
		} else {
			memcpy(buffer, at, piece);
		}
		linear += (u32)piece;
		buffer += piece;
		bytes -= piece;
	}
	return 0;
}

int guest_memory_read(struct guest_memory *memory, u32 linear, void *buffer,
		      size_t bytes)
{
	return transfer(memory, linear, buffer, bytes, false);
}

int guest_memory_write(struct guest_memory *memory, u32 linear,
		       const void *buffer, size_t bytes)
{
	return transfer(memory, linear, (u8 *)(uintptr_t)buffer, bytes, true);
}

u16 guest_memory_read16(struct guest_memory *memory, u32 linear)
{
	const u8 *low = guest_memory_at(memory, linear);
	const u8 *high = guest_memory_at(memory, linear + 1);

	return low == NULL || high == NULL ? 0 : (u16)(*low | *high << 8);
}

void guest_memory_write16(struct guest_memory *memory, u32 linear, u16 value)
{
	u8 *low = guest_memory_at(memory, linear);
	u8 *high = guest_memory_at(memory, linear + 1);

	if (low != NULL && high != NULL) {
		*low = (u8)value;
		*high = (u8)(value >> 8);
	}
}
