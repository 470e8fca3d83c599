/*
 * Builds and extends the host's page tables. Until paging_init() the tables of
 * boot/entry.S map the first GiB at the same virtual addresses, so that
 * phys_to_virt() always reaches the pages of the tables. Boot core, before
 * others run.
 */
#include "arch/mem/paging.h"

#include "arch/console/log.h"
#include "arch/cpu.h"
#include "arch/mem/pages.h"
#include "lib/checksum.h"
#include "lib/error.h"

#define ENTRIES 512
#define ADDRESS_MASK 0x000ffffffffff000ull
#define LARGE_PAGE (2 * MIB)
#define LARGE_ADDRESS_MASK (ADDRESS_MASK & ~(LARGE_PAGE - 1))
/* For each level one that crosses a border, and page tables for both ends. */
#define EARLY_TABLES 6
#define FINE_LIMIT (2 * MIB) /* below: 4 KiB pages, for the image is there */

extern char text_start[], text_end[], rodata_start[], rodata_end[];
extern char data_start[], data_end[];
extern u32 boot_efer;
extern u64 boot_pml4[ENTRIES];

static u64 *pml4; /* NULL: the tables of boot/entry.S are in use */
static u64 direct_map_end;
static const struct memmap *memory;

/* What is mapped write-combining, in whole 4 KiB pages. */
static u64 combining_base, combining_end;

/* Until there is an allocator. */
static u64 early_tables[EARLY_TABLES][ENTRIES]
	__attribute__((aligned(PAGE_SIZE)));
static u32 early_tables_used;

static u64 *new_table(void)
{
	if (pml4 != NULL) {
		return pages_get(1);
	}
	return early_tables_used < EARLY_TABLES
		       ? early_tables[early_tables_used++]
		       : NULL;
}

/* Replaces a large page by a table of 4 KiB pages. */
static u64 *split(u64 *entry)
{
	u64 page = *entry & LARGE_ADDRESS_MASK;
	u64 flags = *entry & (PAGING_P | PAGING_RW | PAGING_PWT | PAGING_PCD |
			      PAGING_XD);
	u64 *table = new_table();

	for (unsigned i = 0; i < ENTRIES && table != NULL; i++) {
		table[i] = (page + i * PAGE_SIZE) | flags;
	}
	return table;
}

/*
 * The table that an entry points to, which is made if it is not there; NULL
 * without memory.
 */
static u64 *next_table(u64 *entry)
{
	u64 *table;

	if ((*entry & PAGING_P) && !(*entry & PAGING_PS)) {
		return phys_to_virt(*entry & ADDRESS_MASK);
	}
	table = *entry & PAGING_P ? split(entry) : new_table();
	if (table != NULL) {
		*entry = virt_to_phys(table) | PAGING_P | PAGING_RW;
	}
	return table;
}

static unsigned table_index(u64 virt, unsigned level)
{
	return (unsigned)(virt >> (PAGE_SHIFT + 9 * level)) % ENTRIES;
}

/* The entry for virt at level (0: page table, 1: page directory). */
static u64 *find_entry(u64 virt, unsigned level)
{
	u64 *table = pml4 != NULL ? pml4 : boot_pml4;

	for (unsigned l = 3; l > level && table != NULL; l--) {
		table = next_table(&table[table_index(virt, l)]);
	}
	return table == NULL ? NULL : &table[table_index(virt, level)];
}

static u64 allowed(u64 flags)
{
	return boot_efer & EFER_NXE ? flags : flags & ~PAGING_XD;
}

/*
 * Maps a 4 KiB page. flags: PAGING_RW, PAGING_XD and so on, without PAGING_P.
 * PAGING_XD is ignored if the processor has no execute-disable. Returns 0 or
 * ERR_NO_MEMORY.
 */
static int map_page(u64 virt, u64 phys, u64 flags)
{
	u64 *entry = find_entry(virt, 0);

	if (entry == NULL) {
		return ERR_NO_MEMORY;
	}
	*entry = phys | allowed(flags) | PAGING_P;
	invlpg((const void *)virt);
	return 0;
}

static int map_large_page(u64 virt, u64 phys, u64 flags)
{
	u64 *entry = find_entry(virt, 1);

	if (entry == NULL) {
		return ERR_NO_MEMORY;
	}
	*entry = phys | allowed(flags) | PAGING_P | PAGING_PS;
	return 0;
}

static bool within(u64 phys, const char *start, const char *end)
{
	return phys >= virt_to_phys(start) && phys < virt_to_phys(end);
}

/*
 * Maps the first 2 MiB of the direct map by 4 KiB pages, so that the image's
 * code and constants cannot be written through the direct map either.
 */
static int map_fine_part(void)
{
	int err = 0;

	for (u64 phys = 0; phys < FINE_LIMIT && err == 0; phys += PAGE_SIZE) {
		u64 flags = PAGING_XD | PAGING_RW;

		if (within(phys, text_start, text_end) ||
		    within(phys, rodata_start, rodata_end)) {
			flags = PAGING_XD;
		}
		err = map_page(DIRECT_MAP_BASE + phys, phys, flags);
	}
	return err;
}

/*
 * Whether some region of the memory map lies in this large page; if not, there
 * are only devices.
 */
static bool has_memory(u64 phys)
{
	for (u32 i = 0; i < memory->count; i++) {
		const struct memmap_region *region = &memory->region[i];

		if (region->base < phys + LARGE_PAGE && region->end > phys &&
		    region->type != MEMMAP_RESERVED) {
			return true;
		}
	}
	return false;
}

static int map_large_part(u64 base, u64 end)
{
	int err = 0;

	for (u64 phys = base; phys < end && err == 0; phys += LARGE_PAGE) {
		u64 flags = PAGING_XD | PAGING_RW;

		if (!has_memory(phys)) {
			flags |= PAGING_PCD | PAGING_PWT;
		}
		err = map_large_page(DIRECT_MAP_BASE + phys, phys, flags);
	}
	return err;
}

/*
 * Maps the RAM above 4 GiB. Each GiB takes a page for its table. At most a
 * quarter of our pages is used for that, and RAM beyond is not used.
 */
static int map_high_memory(void)
{
	u64 budget = pages_free_count() / 4 * GIB;
	int err = 0;

	for (u32 i = 0; i < memory->count && err == 0; i++) {
		const struct memmap_region *region = &memory->region[i];
		u64 base = MAX(region->base, 4 * GIB);
		u64 end;

		if (region->type != MEMMAP_RAM || region->end <= base) {
			continue;
		}
		end = base + MIN(region->end - base, budget);
		budget -= end - base;
		direct_map_end = ALIGN_UP(end, LARGE_PAGE);
		err = map_large_part(ALIGN_DOWN(base, LARGE_PAGE),
				     direct_map_end);
		if (end != region->end) {
			log_warn("memory map: RAM from %lx on is not used: "
				 "too much for our page tables",
				 end);
			break;
		}
	}
	return err;
}

/* The page tables' own word for WC is PAT_OF_KERNEL's last entry. */
static int map_combining(void)
{
	const u64 flags = PAGING_XD | PAGING_RW | PAGING_PCD | PAGING_PWT;
	u64 phys = combining_base;
	int err = 0;

	while (phys < combining_end && err == 0) {
		u64 virt = DIRECT_MAP_BASE + phys;

		if (phys % LARGE_PAGE == 0 &&
		    combining_end - phys >= LARGE_PAGE) {
			err = map_large_page(virt, phys,
					     flags | PAGING_LARGE_PAT);
			phys += LARGE_PAGE;
		} else {
			err = map_page(virt, phys, flags | PAGING_PAT);
			phys += PAGE_SIZE;
		}
	}
	direct_map_end = MAX(direct_map_end, combining_end);
	return err;
}

static int map_image(const char *start, const char *end, u64 flags)
{
	int err = 0;

	for (u64 virt = (u64)start; virt < (u64)end && err == 0;
	     virt += PAGE_SIZE) {
		err = map_page(virt, virt - KERNEL_OFFSET, flags);
	}
	return err;
}

int paging_init(const struct memmap *map)
{
	int err;

	memory = map;
	direct_map_end = 4 * GIB;
	pml4 = pages_get(1);
	if (pml4 == NULL) {
		return ERR_NO_MEMORY;
	}
	err = map_fine_part();
	if (err == 0) {
		err = map_large_part(FINE_LIMIT, 4 * GIB);
	}
	if (err == 0) {
		err = map_high_memory();
	}
	if (err == 0) {
		err = map_combining();
	}
	if (err == 0) {
		err = map_image(text_start, text_end, 0);
	}
	if (err == 0) {
		err = map_image(rodata_start, rodata_end, PAGING_XD);
	}
	if (err == 0) {
		err = map_image(data_start, data_end, PAGING_XD | PAGING_RW);
	}
	if (err == 0) {
		write_cr3(paging_cr3());
	}
	return err;
}

u64 paging_cr3(void)
{
	return virt_to_phys(pml4);
}

static u64 table_checksum(u64 sum, const u64 *table, unsigned level)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		u64 entry = table[i] & ~(u64)(PAGING_A | PAGING_D);

		if (!(entry & PAGING_P)) {
			sum += entry;
			continue;
		}
		sum = checksum64(sum + i, &entry, sizeof(entry));
		if (level != 0 && !(entry & PAGING_PS)) {
			sum = table_checksum(sum,
					     phys_to_virt(entry & ADDRESS_MASK),
					     level - 1);
		}
	}
	return sum;
}

u64 paging_checksum(void)
{
	return table_checksum(0, pml4, 3);
}

/* Whether the direct map has the large page with phys. */
static bool is_present(u64 phys)
{
	u64 virt = DIRECT_MAP_BASE + phys;
	const u64 *table = pml4;

	for (unsigned level = 3; level > 1; level--) {
		u64 entry = table[table_index(virt, level)];

		if (!(entry & PAGING_P)) {
			return false;
		}
		table = phys_to_virt(entry & ADDRESS_MASK);
	}
	return (table[table_index(virt, 1)] & PAGING_P) != 0;
}

bool phys_is_mapped(u64 phys, u64 bytes)
{
	u64 end = phys + bytes;

	if (end < phys || end > direct_map_end) {
		return false;
	}
	/* Above 4 GiB only RAM is mapped, with holes between. */
	for (u64 page = MAX(ALIGN_DOWN(phys, LARGE_PAGE), 4 * GIB); page < end;
	     page += LARGE_PAGE) {
		if (!is_present(page)) {
			return false;
		}
	}
	return true;
}

bool paging_reach(u64 phys, u64 bytes)
{
	u64 end = phys + bytes;

	if (end < phys || end > 1ull << DIRECT_MAP_BITS ||
	    bytes > PAGING_REACH_MAX) {
		return false;
	}
	for (u64 page = MAX(ALIGN_DOWN(phys, LARGE_PAGE), 4 * GIB); page < end;
	     page += LARGE_PAGE) {
		if (!is_present(page) &&
		    map_large_part(page, page + LARGE_PAGE) != 0) {
			return false;
		}
		direct_map_end = MAX(direct_map_end, page + LARGE_PAGE);
	}
	return true;
}

bool paging_map_framebuffer(u64 phys, u64 bytes)
{
	u64 end = phys + bytes;

	if (end < phys || end > 1ull << DIRECT_MAP_BITS) {
		return false;
	}
	combining_base = ALIGN_DOWN(phys, PAGE_SIZE);
	combining_end = ALIGN_UP(end, PAGE_SIZE);
	if (map_combining() != 0) {
		combining_end = combining_base;
		return false;
	}
	write_cr3(read_cr3());
	return true;
}

u64 paging_map_stack(u32 slot, u64 bytes)
{
	u64 top = STACKS_BASE + (slot + 1ull) * STACK_SLOT_BYTES;

	for (u64 virt = top - bytes; virt < top; virt += PAGE_SIZE) {
		void *page = pages_get(1);

		if (page == NULL || map_page(virt, virt_to_phys(page),
					     PAGING_XD | PAGING_RW) != 0) {
			return 0;
		}
	}
	return top;
}
