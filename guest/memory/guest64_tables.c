/* See guest64_tables.h. */
/* build: pure */
#include "guest/memory/guest64_tables.h"

#include "arch/x86.h"
#include "vmm/guest_rights.h"

#define ENTRIES 512u
#define LARGE_PAGE (2 * MIB)
#define TABLE_FLAGS (PAGING_P | PAGING_RW | PAGING_US)
#define RIGHTS_TSS_WITH_LIMIT_IN_PAGES (RIGHTS_G | RIGHTS_TSS_BUSY)

static u64 *at(u8 *ram, u32 gpa)
{
	return (u64 *)(void *)(ram + (gpa - GUEST64_RAM_BASE));
}

/*
 * Table `number` of those that follow each other in RAM: PML4, PDPT, page
 * directory and, for 4 KiB pages, a page table.
 */
static u64 *table(u8 *ram, u32 number)
{
	return at(ram, GUEST64_TABLES + number * (u32)PAGE_SIZE);
}

static void build_pages(u8 *ram, enum guest64_pages pages)
{
	bool large = pages == GUEST64_PAGES_2M;
	u64 *last = table(ram, large ? 2 : 3);

	for (u32 i = 0; i < (large ? 2u : 3u); i++) {
		table(ram, i)[0] =
			(GUEST64_TABLES + (i + 1) * PAGE_SIZE) | TABLE_FLAGS;
	}
	for (u32 i = 0; i < ENTRIES; i++) {
		last[i] = large ? i * LARGE_PAGE | TABLE_FLAGS | PAGING_PS
				: i * PAGE_SIZE | TABLE_FLAGS;
	}
}

/*
 * A descriptor with base 0, limit FFFFFh and these rights, in the VMCS's
 * format.
 */
static u64 descriptor(u64 rights)
{
	return 0xffffull | (rights & 0xff) << 40 | 0xfull << 48 |
	       (rights >> 12 & 0xf) << 52;
}

void guest64_tables_build(u8 *ram, enum guest64_pages pages)
{
	u64 *gdt = at(ram, GUEST64_GDT);

	build_pages(ram, pages);
	gdt[GUEST64_SELECTOR_CODE / 8] = descriptor(RIGHTS_CODE64);
	gdt[GUEST64_SELECTOR_DATA / 8] = descriptor(RIGHTS_DATA32);
	gdt[GUEST64_SELECTOR_TSS / 8] =
		descriptor(RIGHTS_TSS_WITH_LIMIT_IN_PAGES);
}
