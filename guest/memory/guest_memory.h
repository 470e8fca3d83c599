/*
 * The memory of a 16-bit guest, by guest-physical address:
 *
 *	00000-9FFFF	board machine: the machine's own RAM
 *			private: pages of the guest's, made when touched
 *			isolated: the same
 *	A0000-FFFFF	the machine's own: video memory, adapters, ROM-BIOS
 *			isolated: zeroes up to BFFFF, then copies, the guest's
 *	100000-1FFFFF	A20 closed: the first megabyte again
 *			A20 open: pages of the guest's, made when touched
 *	above		machine: the RAM that the kernel leaves to guests;
 *			devices and what the firmware keeps for itself; never
 *			the hypervisor's RAM; isolated: nothing
 *
 * A virtual-8086 guest reaches it up to 10FFEFh through 32-bit page tables, in
 * which its linear addresses are the same; from 110000h they hold its system
 * tables (guest/memory/v86_tables.h), for privilege level 0 only. Without EPT
 * those page tables name the machine's pages, under EPT the guest's.
 */
#pragma once

#include "arch/mem/paging.h"
#include "lib/types.h"
#include "vmm/vmx/ept.h"

/* What of this is the machine's own: a board's choice. */
struct guest_memory_plan {
	u32 first_of_machine; /* page; those from it to 1 MiB */
	/* Above: devices, and what the firmware keeps; NULL: none. */
	bool (*reaches)(u64 phys);
	bool ram;	/* and the RAM that the kernel leaves to guests */
	u32 tables_max; /* of EPT, before ERR_FULL */
};

/*
 * A guest that touches devices all over the address space must not take all
 * the hypervisor's pages for tables: so many cover what BIOSes and programs
 * use.
 */
#define GUEST_TABLES_MAX 128u

#define GUEST_LOW_END 0xa0000u /* end of the first 640 KiB */
#define GUEST_MEGABYTE 0x100000u
#define GUEST_RAM_END 0x200000u	   /* end of what has a page of ours */
#define GUEST_LINEAR_END 0x110000u /* all that V86 mode can address */
#define GUEST_SYSTEM_BASE 0x110000u
#define GUEST_SYSTEM_PAGES 4u
#define GUEST_FRAMES (GUEST_RAM_END >> PAGE_SHIFT)

struct guest_memory {
	const struct guest_memory_plan *plan;
	bool a20_open;
	bool has_ept;
	u32 private_pages;
	u32 *directory; /* NULL: no guest paging */
	u32 *table;
	void *system; /* GUEST_SYSTEM_PAGES pages */
	struct ept ept;
	u32 frame[GUEST_FRAMES]; /* host-physical address; GUEST_FRAME_* */
};

#define GUEST_FRAME_PRESENT 1u
#define GUEST_FRAME_MADE 2u /* for the guest, and given back with it */
#define GUEST_FRAME_ADDRESS 0xfffff000u

/*
 * guest_paging: with 32-bit page tables; under_ept: with EPT. 0 or
 * ERR_NO_MEMORY, with nothing left behind.
 */
int guest_memory_init(struct guest_memory *memory,
		      const struct guest_memory_plan *plan, bool guest_paging,
		      bool under_ept);
void guest_memory_free(struct guest_memory *memory);

/*
 * Takes back all that was made for the guest, which then finds its memory as at
 * first, the A20 gate closed; what was got by guest_memory_at() is gone.
 */
void guest_memory_renew(struct guest_memory *memory);

/* For the guest's CR3: where its page directory is, as it counts. */
u64 guest_memory_cr3(const struct guest_memory *memory);

/* For the VMCS; only under EPT. */
u64 guest_memory_ept_pointer(const struct guest_memory *memory);

/*
 * After the guest touched a page that is not mapped: maps it if it may be
 * there. ERR_RANGE: nothing the guest may touch, or mapped already;
 * ERR_NO_MEMORY.
 */
int guest_memory_touch(struct guest_memory *memory, u64 address);

/* Opens or closes the guest's A20 gate; the guest is not running. */
void guest_memory_set_a20(struct guest_memory *memory, bool open);

/* For guest_memory_at(): the same, for every address. */
u8 *guest_memory_find(struct guest_memory *memory, u32 address);

/*
 * Where the host finds the byte at address, valid to the end of its page; NULL
 * where the guest may reach nothing, or without memory.
 */
static inline u8 *guest_memory_at(struct guest_memory *memory, u32 address)
{
	if (likely(address < GUEST_MEGABYTE)) {
		u32 frame = memory->frame[address >> PAGE_SHIFT];

		if (likely(frame & GUEST_FRAME_PRESENT)) {
			return (u8 *)phys_to_virt(frame & GUEST_FRAME_ADDRESS) +
			       address % PAGE_SIZE;
		}
	}
	return guest_memory_find(memory, address);
}

/* A sum of the pages that were made for the guest: whether one has changed. */
u64 guest_memory_checksum(const struct guest_memory *memory);

/*
 * bytes at guest-physical address, which may be more than a page. 0, ERR_RANGE
 * for what the guest may not reach, or ERR_NO_MEMORY; after an error a first
 * part may have been copied.
 */
int guest_memory_read(struct guest_memory *memory, u32 address, void *buffer,
		      size_t bytes);
int guest_memory_write(struct guest_memory *memory, u32 address,
		       const void *buffer, size_t bytes);
