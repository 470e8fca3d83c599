/*
 * Builds the memory of a 64-bit guest. On the guest's core, while the guest is
 * not running.
 */
#include "guest/memory/guest64_memory.h"

#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/msr.h"
#include "lib/error.h"
#include "lib/string.h"
#include "vmm/vmx/ept_host.h"

static size_t ram_bytes(const struct guest64_memory *memory)
{
	return memory->ram_end - GUEST64_RAM_BASE;
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
				  virt_to_phys(memory->ram), ram_bytes(memory),
				  EPT_ALL, MEMORY_TYPE_WB);
}

int guest64_memory_init(struct guest64_memory *memory, enum guest64_pages pages,
			bool under_ept, u32 ram_end)
{
	int err;

	memset(memory, 0, sizeof(*memory));
	memory->ram_end = ram_end;
	memory->ram = pages_get(ram_bytes(memory) / PAGE_SIZE);
	err = memory->ram == NULL ? ERR_NO_MEMORY
				  : init_second_level(memory, under_ept);
	if (err != 0) {
		guest64_memory_free(memory);
		return err;
	}
	guest64_tables_build(memory->ram, pages);
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
		pages_put(memory->ram, ram_bytes(memory) / PAGE_SIZE);
	}
	memset(memory, 0, sizeof(*memory));
}

u8 *guest64_memory_at(const struct guest64_memory *memory, u64 gpa)
{
	return gpa >= GUEST64_RAM_BASE && gpa < memory->ram_end
		       ? memory->ram + (gpa - GUEST64_RAM_BASE)
		       : NULL;
}
