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

/* Which parts are the machine's own; each kind of board has such a plan. */
struct guest_memory_plan {
	u32 first_of_machine; /* the machine's pages: from this one to 1 MiB */
	/*
	 * Whether an address above is reached: devices, and what the firmware
	 * keeps. NULL: none.
	 */
	bool (*reaches)(u64 phys);
	bool ram;	/* also the RAM that the kernel leaves to guests */
	u32 tables_max; /* the most page tables of EPT; then ERR_FULL */
};

/*
 * The most EPT tables of a guest. This is enough for what BIOSes and programs
 * use, and a guest that touches devices all over the address space cannot take
 * all pages.
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
	/* A board with RAM of its own: all of it, or NULL. */
	u8 *own_ram;
	u32 own_bytes;
	u32 frame[GUEST_FRAMES]; /* host-physical address; GUEST_FRAME_* */
};

#define GUEST_FRAME_PRESENT 1u
#define GUEST_FRAME_MADE 2u /* for the guest, and given back with it */
#define GUEST_FRAME_ADDRESS 0xfffff000u

/*
 * Makes the memory. guest_paging: with 32-bit page tables; under_ept: with EPT.
 * 0, or ERR_NO_MEMORY with nothing left allocated.
 */
int guest_memory_init(struct guest_memory *memory,
		      const struct guest_memory_plan *plan, bool guest_paging,
		      bool under_ept);
void guest_memory_free(struct guest_memory *memory);

/*
 * Makes the memory as it was at first, the A20 gate closed, and frees what was
 * made since. Addresses that guest_memory_at() returned are no longer valid.
 */
void guest_memory_renew(struct guest_memory *memory);

/*
 * The value of the guest's CR3: the guest-physical address of its page
 * directory.
 */
u64 guest_memory_cr3(const struct guest_memory *memory);

/* The EPT pointer for the VMCS; only under EPT. */
u64 guest_memory_ept_pointer(const struct guest_memory *memory);

/*
 * Maps a page that the guest has touched, if the guest may have it. ERR_RANGE:
 * it may not, or the page is mapped already; ERR_NO_MEMORY.
 */
int guest_memory_touch(struct guest_memory *memory, u64 address);

/* Opens or closes the guest's A20 gate, while the guest is not running. */
void guest_memory_set_a20(struct guest_memory *memory, bool open);

/* For guest_memory_at(): the same, for every kind of page. */
u8 *guest_memory_find(struct guest_memory *memory, u32 address);

/*
 * The host's address of the byte at a guest-physical address, valid to the end
 * of its page. NULL if the guest may not reach it, or without memory.
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

/*
 * For a board that has all its memory itself, under EPT. RAM is what
 * guest_memory_at() finds from GUEST_RAM_END on. Placing: [gpa, gpa + bytes),
 * whole pages, is from now on what is `at`, with EPT_* for an access; nothing
 * where that is NULL. 0 or an error of ept_map(). After what took something
 * away guest_memory_flush() must follow.
 */
void guest_memory_use_ram(struct guest_memory *memory, u8 *ram, u32 bytes);
int guest_memory_place(struct guest_memory *memory, u64 gpa, u64 bytes,
		       const void *at, u32 access);
void guest_memory_flush(const struct guest_memory *memory);

/*
 * A checksum of the pages that were made for the guest, to see whether one has
 * changed.
 */
u64 guest_memory_checksum(const struct guest_memory *memory);

/*
 * Copies bytes from or to a guest-physical address; they may cross pages. 0,
 * ERR_RANGE if the guest may not reach some of them, or ERR_NO_MEMORY; after an
 * error some bytes may have been copied.
 */
int guest_memory_read(struct guest_memory *memory, u32 address, void *buffer,
		      size_t bytes);
int guest_memory_write(struct guest_memory *memory, u32 address,
		       const void *buffer, size_t bytes);
