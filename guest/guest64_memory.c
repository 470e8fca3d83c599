/*
 * Builds what a 64-bit guest finds as memory. On the guest's core, while it is
 * not running.
 */
#include "guest/guest64_memory.h"

#include "arch/msr.h"
#include "arch/pages.h"
#include "arch/paging.h"
#include "arch/x86.h"
#include "lib/error.h"
#include "lib/string.h"
#include "vmm/ept_host.h"
#include "vmm/guest_rights.h"

#define RAM_BYTES (GUEST64_RAM_END - GUEST64_RAM_BASE)
#define RAM_PAGES (RAM_BYTES / PAGE_SIZE)
#define ENTRIES 512u
#define LARGE_PAGE (2 * MIB)
#define TABLE_FLAGS (PAGING_P | PAGING_RW | PAGING_US)
#define RIGHTS_TSS_WITH_LIMIT_IN_PAGES (RIGHTS_G | RIGHTS_TSS_BUSY)

/* The tables follow each other: PML4, PDPT, directory, for 4 KiB pages PT. */
static u64 *table(struct guest64_memory *memory, u32 number)
{
	return (u64 *)(void *)guest64_memory_at(memory,
						GUEST64_TABLES +
							number * PAGE_SIZE);
}

static void build_tables(struct guest64_memory *memory,
			 enum guest64_pages pages)
{
	bool large = pages == GUEST64_PAGES_2M;
	u64 *last = table(memory, large ? 2 : 3);

	for (u32 i = 0; i < (large ? 2u : 3u); i++) {
		table(memory, i)[0] =
			(GUEST64_TABLES + (i + 1) * PAGE_SIZE) | TABLE_FLAGS;
	}
	for (u32 i = 0; i < ENTRIES; i++) {
		last[i] = large ? i * LARGE_PAGE | TABLE_FLAGS | PAGING_PS
				: i * PAGE_SIZE | TABLE_FLAGS;
	}
}

/* A descriptor of base 0 and limit FFFFFh, its rights as in the VMCS. */
static u64 descriptor(u64 rights)
{
	return 0xffffull | (rights & 0xff) << 40 | 0xfull << 48 |
	       (rights >> 12 & 0xf) << 52;
}

static void build_gdt(struct guest64_memory *memory)
{
	u64 *gdt = (u64 *)(void *)guest64_memory_at(memory, GUEST64_GDT);

	gdt[GUEST64_SELECTOR_CODE / 8] = descriptor(RIGHTS_CODE64);
	gdt[GUEST64_SELECTOR_DATA / 8] = descriptor(RIGHTS_DATA32);
	gdt[GUEST64_SELECTOR_TSS / 8] =
		descriptor(RIGHTS_TSS_WITH_LIMIT_IN_PAGES);
}

static int init_second_level(struct guest64_memory *memory, bool under_ept)
{
	void *tables;
	int err;

	if (!under_ept) {
		tables = pages_get(SHADOW64_PAGES);
		if (tables == NULL) {
			return ERR_NO_MEMORY;
		}
		shadow64_init(&memory->shadow, tables, virt_to_phys(tables));
		return 0;
	}
	err = ept_host_init(&memory->ept);
	memory->has_ept = err == 0;
	return err != 0 ? err
			: ept_map(&memory->ept, GUEST64_RAM_BASE,
				  virt_to_phys(memory->ram), RAM_BYTES, EPT_ALL,
				  MEMORY_TYPE_WB);
}

int guest64_memory_init(struct guest64_memory *memory, enum guest64_pages pages,
			bool under_ept)
{
	int err;

	memset(memory, 0, sizeof(*memory));
	memory->ram = pages_get(RAM_PAGES);
	err = memory->ram == NULL ? ERR_NO_MEMORY
				  : init_second_level(memory, under_ept);
	if (err != 0) {
		guest64_memory_free(memory);
		return err;
	}
	build_tables(memory, pages);
	build_gdt(memory);
	memset(guest64_memory_at(memory, GUEST64_STACK), GUEST64_STACK_FILL,
	       GUEST64_STACK_TOP - GUEST64_STACK);
	return 0;
}

void guest64_memory_free(struct guest64_memory *memory)
{
	if (memory->has_ept) {
		ept_free(&memory->ept);
	}
	if (memory->shadow.tables != NULL) {
		pages_put(memory->shadow.tables, SHADOW64_PAGES);
	}
	if (memory->ram != NULL) {
		pages_put(memory->ram, RAM_PAGES);
	}
	memset(memory, 0, sizeof(*memory));
}

u8 *guest64_memory_at(const struct guest64_memory *memory, u64 gpa)
{
	return gpa >= GUEST64_RAM_BASE && gpa < GUEST64_RAM_END
		       ? memory->ram + (gpa - GUEST64_RAM_BASE)
		       : NULL;
}
