/*
 * Builds and changes the memory of a 16-bit guest. Called on the guest's core
 * while the guest is not running.
 */
#include "guest/memory/guest_memory.h"

#include "arch/machine.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/msr.h"
#include "arch/x86.h"
#include "guest/memory/bios_area.h"
#include "lib/checksum.h"
#include "lib/error.h"
#include "lib/string.h"
#include "vmm/vmx/ept_host.h"

#define PTE_USER ((u32)(PAGING_P | PAGING_RW | PAGING_US))
#define PTE_SYSTEM ((u32)(PAGING_P | PAGING_RW))
#define LOW_PAGES (GUEST_LOW_END >> PAGE_SHIFT)
#define ROM_PAGE (0xc0000u >> PAGE_SHIFT)
#define MEGABYTE_PAGES (GUEST_MEGABYTE >> PAGE_SHIFT)
#define LINEAR_PAGES (GUEST_LINEAR_END >> PAGE_SHIFT)
#define SYSTEM_PAGE (GUEST_SYSTEM_BASE >> PAGE_SHIFT)

/*
 * The guest-physical address of the page tables of a guest under EPT: behind
 * all that virtual-8086 mode can address. The host itself accesses them by
 * their host address.
 */
#define TABLES_GPA GUEST_RAM_END
#define DIRECTORY_GPA TABLES_GPA
#define TABLE_GPA (TABLES_GPA + (u32)PAGE_SIZE)
#define SYSTEM_GPA (TABLES_GPA + 2 * (u32)PAGE_SIZE)

/*
 * The page itself or, with A20 closed, the lower one of the two that are the
 * same.
 */
static u32 wrap(const struct guest_memory *memory, u32 page)
{
	return !memory->a20_open && page >= MEGABYTE_PAGES
		       ? page - MEGABYTE_PAGES
		       : page;
}

static bool is_private(const struct guest_memory *memory, u32 page)
{
	return page < memory->plan->first_of_machine || page >= MEGABYTE_PAGES;
}

/* The first contents of a page of the guest's own; NULL: zeroes. */
static const void *original(u32 page)
{
	if (page < LOW_PAGES) {
		return bios_area_page(page);
	}
	return page >= ROM_PAGE && page < MEGABYTE_PAGES
		       ? phys_to_virt((u64)page << PAGE_SHIFT)
		       : NULL;
}

/* Maps a page of the machine's. */
static void use_frame_of_machine(struct guest_memory *memory, u32 page)
{
	memory->frame[page] = page << PAGE_SHIFT | GUEST_FRAME_PRESENT;
}

static int make_frame(struct guest_memory *memory, u32 page)
{
	const void *from;
	void *copy;

	if (!is_private(memory, page)) {
		use_frame_of_machine(memory, page);
		return 0;
	}
	copy = pages_get(1);
	if (copy == NULL) {
		return ERR_NO_MEMORY;
	}
	from = original(page);
	if (from != NULL) {
		memcpy(copy, from, PAGE_SIZE);
	}
	memory->frame[page] = (u32)virt_to_phys(copy) | GUEST_FRAME_PRESENT |
			      GUEST_FRAME_MADE;
	memory->private_pages++;
	return 0;
}

/* Maps a page below GUEST_FRAMES to its frame. */
static int map(struct guest_memory *memory, u32 page)
{
	u32 phys = memory->frame[wrap(memory, page)] & GUEST_FRAME_ADDRESS;

	if (memory->has_ept) {
		return ept_map(&memory->ept, (u64)page << PAGE_SHIFT, phys,
			       PAGE_SIZE, EPT_ALL, machine_memory_type(phys));
	}
	memory->table[page] = phys | PTE_USER;
	return 0;
}

static bool is_mapped(const struct guest_memory *memory, u32 page)
{
	u64 hpa;
	u32 access;
	u8 type;

	if (memory->has_ept) {
		return ept_lookup(&memory->ept, (u64)page << PAGE_SHIFT, &hpa,
				  &access, &type);
	}
	return page >= LINEAR_PAGES || (memory->table[page] & PAGING_P) != 0;
}

/*
 * Builds the page tables for guest paging without EPT: the machine's pages are
 * mapped from the start.
 */
static void build_tables(struct guest_memory *memory)
{
	u32 first_system = (u32)virt_to_phys(memory->system);
	u32 first = memory->plan->first_of_machine;

	memory->directory[0] = (u32)virt_to_phys(memory->table) | PTE_USER;
	for (u32 page = first; page < MEGABYTE_PAGES; page++) {
		use_frame_of_machine(memory, page);
		memory->table[page] = page << PAGE_SHIFT | PTE_USER;
	}
	for (u32 i = 0; i < GUEST_SYSTEM_PAGES; i++) {
		memory->table[SYSTEM_PAGE + i] =
			(first_system + (i << PAGE_SHIFT)) | PTE_SYSTEM;
	}
}

/*
 * Builds the page tables for guest paging under EPT: they map all addresses one
 * to one, and EPT decides what is there.
 */
static int build_tables_under_ept(struct guest_memory *memory)
{
	u32 *table = memory->table;
	int err = ept_map(&memory->ept, DIRECTORY_GPA,
			  virt_to_phys(memory->directory), PAGE_SIZE, EPT_ALL,
			  MEMORY_TYPE_WB);

	if (err == 0) {
		err = ept_map(&memory->ept, TABLE_GPA,
			      virt_to_phys(memory->table), PAGE_SIZE, EPT_ALL,
			      MEMORY_TYPE_WB);
	}
	if (err == 0) {
		err = ept_map(&memory->ept, SYSTEM_GPA,
			      virt_to_phys(memory->system),
			      GUEST_SYSTEM_PAGES * PAGE_SIZE, EPT_ALL,
			      MEMORY_TYPE_WB);
	}
	memory->directory[0] = TABLE_GPA | PTE_USER;
	for (u32 page = 0; page < LINEAR_PAGES; page++) {
		table[page] = page << PAGE_SHIFT | PTE_USER;
	}
	for (u32 i = 0; i < GUEST_SYSTEM_PAGES; i++) {
		table[SYSTEM_PAGE + i] =
			(SYSTEM_GPA + (i << PAGE_SHIFT)) | PTE_SYSTEM;
	}
	return err;
}

static int init_tables(struct guest_memory *memory)
{
	memory->directory = pages_get(1);
	memory->table = pages_get(1);
	memory->system = pages_get(GUEST_SYSTEM_PAGES);
	if (memory->directory == NULL || memory->table == NULL ||
	    memory->system == NULL) {
		return ERR_NO_MEMORY;
	}
	if (memory->has_ept) {
		return build_tables_under_ept(memory);
	}
	build_tables(memory);
	return 0;
}

int guest_memory_init(struct guest_memory *memory,
		      const struct guest_memory_plan *plan, bool guest_paging,
		      bool under_ept)
{
	int err = 0;

	memset(memory, 0, sizeof(*memory));
	memory->plan = plan;
	if (under_ept) {
		err = ept_host_init(&memory->ept);
		memory->has_ept = err == 0;
	}
	if (err == 0 && guest_paging) {
		err = init_tables(memory);
	}
	if (err != 0) {
		guest_memory_free(memory);
	}
	return err;
}

static inline bool is_made(const struct guest_memory *memory, u32 page)
{
	return (memory->frame[page] & GUEST_FRAME_MADE) != 0;
}

static void give_back(struct guest_memory *memory, u32 page)
{
	pages_put(phys_to_virt(memory->frame[page] & GUEST_FRAME_ADDRESS), 1);
	memory->frame[page] = 0;
	memory->private_pages--;
}

static void unmap(struct guest_memory *memory, u32 page)
{
	if (memory->has_ept) {
		ept_unmap(&memory->ept, (u64)page << PAGE_SHIFT, PAGE_SIZE);
	} else if (page < LINEAR_PAGES) {
		memory->table[page] = 0;
	}
}

void guest_memory_renew(struct guest_memory *memory)
{
	for (u32 page = 0; page < GUEST_FRAMES; page++) {
		if (!is_made(memory, page)) {
			continue;
		}
		give_back(memory, page);
		unmap(memory, page);
		if (page < MEGABYTE_PAGES) {
			unmap(memory, page + MEGABYTE_PAGES);
		}
	}
	memory->a20_open = false;
	if (memory->has_ept) {
		ept_host_flush(&memory->ept);
	}
}

void guest_memory_free(struct guest_memory *memory)
{
	for (u32 page = 0; page < GUEST_FRAMES; page++) {
		if (is_made(memory, page)) {
			give_back(memory, page);
		}
	}
	if (memory->table != NULL) {
		pages_put(memory->table, 1);
	}
	if (memory->directory != NULL) {
		pages_put(memory->directory, 1);
	}
	if (memory->system != NULL) {
		pages_put(memory->system, GUEST_SYSTEM_PAGES);
	}
	if (memory->has_ept) {
		ept_free(&memory->ept);
	}
	memset(memory, 0, sizeof(*memory));
}

u64 guest_memory_cr3(const struct guest_memory *memory)
{
	return memory->has_ept ? DIRECTORY_GPA
			       : virt_to_phys(memory->directory);
}

u64 guest_memory_ept_pointer(const struct guest_memory *memory)
{
	return ept_pointer(&memory->ept, false);
}

/*
 * Whether the guest may reach an address above its own memory: devices and the
 * firmware's memory, mapped one to one; never the hypervisor's RAM or an APIC.
 */
static bool may_reach(const struct guest_memory *memory, u64 address)
{
	const struct guest_memory_plan *plan = memory->plan;

	return (plan->reaches != NULL && plan->reaches(address)) ||
	       (plan->ram && machine_is_guest_ram(address));
}

static int touch_machine(struct guest_memory *memory, u64 address)
{
	u64 page = ALIGN_DOWN(address, PAGE_SIZE);
	u64 hpa;
	u32 access;
	u8 type;

	if (!memory->has_ept || !may_reach(memory, page) ||
	    ept_lookup(&memory->ept, page, &hpa, &access, &type)) {
		return ERR_RANGE;
	}
	if (memory->ept.tables >= memory->plan->tables_max) {
		return ERR_FULL;
	}
	return ept_map(&memory->ept, page, page, PAGE_SIZE, EPT_ALL,
		       machine_memory_type(page));
}

int guest_memory_touch(struct guest_memory *memory, u64 address)
{
	u32 page, wrapped;

	if (address >= GUEST_RAM_END) {
		return touch_machine(memory, address);
	}
	page = (u32)(address >> PAGE_SHIFT);
	wrapped = wrap(memory, page);
	if (is_mapped(memory, page)) {
		return ERR_RANGE;
	}
	if (!(memory->frame[wrapped] & GUEST_FRAME_PRESENT) &&
	    make_frame(memory, wrapped) != 0) {
		return ERR_NO_MEMORY;
	}
	return map(memory, page);
}

void guest_memory_set_a20(struct guest_memory *memory, bool open)
{
	if (memory->a20_open == open) {
		return;
	}
	memory->a20_open = open;
	if (memory->has_ept) {
		ept_unmap(&memory->ept, GUEST_MEGABYTE,
			  GUEST_RAM_END - GUEST_MEGABYTE);
		ept_host_flush(&memory->ept);
		return;
	}
	/* Without a VPID the next VM entry begins with an empty TLB. */
	for (u32 page = MEGABYTE_PAGES; page < LINEAR_PAGES; page++) {
		memory->table[page] = 0;
	}
}

static u8 *in_frame(u32 frame, u32 address)
{
	return (u8 *)phys_to_virt(frame & GUEST_FRAME_ADDRESS) +
	       address % PAGE_SIZE;
}

/*
 * In a function of its own, so that its caller is short if the page is there.
 */
static __attribute__((noinline)) u8 *in_new_frame(struct guest_memory *memory,
						  u32 page, u32 address)
{
	return make_frame(memory, page) == 0
		       ? in_frame(memory->frame[page], address)
		       : NULL;
}

static u8 *above_frames(const struct guest_memory *memory, u32 address)
{
	if (memory->own_ram != NULL) {
		return address < memory->own_bytes ? memory->own_ram + address
						   : NULL;
	}
	return may_reach(memory, address) ? phys_to_virt(address) : NULL;
}

u8 *guest_memory_find(struct guest_memory *memory, u32 address)
{
	u32 page;

	if (address >= GUEST_RAM_END) {
		return above_frames(memory, address);
	}
	page = wrap(memory, address >> PAGE_SHIFT);
	return memory->frame[page] & GUEST_FRAME_PRESENT
		       ? in_frame(memory->frame[page], address)
		       : in_new_frame(memory, page, address);
}

void guest_memory_use_ram(struct guest_memory *memory, u8 *ram, u32 bytes)
{
	memory->own_ram = ram;
	memory->own_bytes = bytes;
	memory->a20_open = true; /* where what lies is the board's business */
}

int guest_memory_place(struct guest_memory *memory, u64 gpa, u64 bytes,
		       const void *at, u32 access)
{
	u64 phys = at != NULL ? virt_to_phys(at) : 0;

	for (u64 i = 0; i < bytes && gpa + i < GUEST_RAM_END; i += PAGE_SIZE) {
		memory->frame[(gpa + i) >> PAGE_SHIFT] =
			at != NULL ? (u32)(phys + i) | GUEST_FRAME_PRESENT : 0;
	}
	return at == NULL ? ept_unmap(&memory->ept, gpa, bytes)
			  : ept_map(&memory->ept, gpa, phys, bytes, access,
				    MEMORY_TYPE_WB);
}

void guest_memory_flush(const struct guest_memory *memory)
{
	ept_host_flush(&memory->ept);
}

u64 guest_memory_checksum(const struct guest_memory *memory)
{
	u64 sum = 0;

	for (u32 page = 0; page < GUEST_FRAMES; page++) {
		if (is_made(memory, page)) {
			sum = checksum64(sum + page,
					 phys_to_virt(memory->frame[page] &
						      GUEST_FRAME_ADDRESS),
					 PAGE_SIZE);
		}
	}
	return sum;
}

/* Copies, page by page. */
static int transfer(struct guest_memory *memory, u32 address, u8 *buffer,
		    size_t bytes, bool to_guest)
{
	if (bytes > UINT32_MAX - address) {
		return ERR_RANGE;
	}
	while (bytes != 0) {
		size_t piece = MIN(bytes, PAGE_SIZE - address % PAGE_SIZE);
		u8 *at = guest_memory_at(memory, address);

		if (at == NULL) {
			return address < GUEST_RAM_END ? ERR_NO_MEMORY
						       : ERR_RANGE;
		}
		if (to_guest) {
			memcpy(at, buffer, piece);
		} else {
			memcpy(buffer, at, piece);
		}
		address += (u32)piece;
		buffer += piece;
		bytes -= piece;
	}
	return 0;
}

int guest_memory_read(struct guest_memory *memory, u32 address, void *buffer,
		      size_t bytes)
{
	return transfer(memory, address, buffer, bytes, false);
}

int guest_memory_write(struct guest_memory *memory, u32 address,
		       const void *buffer, size_t bytes)
{
	return transfer(memory, address, (u8 *)(uintptr_t)buffer, bytes, true);
}
