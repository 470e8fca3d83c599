/*
 * The first megabyte (and a little more) as a guest sees it: 32-bit page tables
 * whose linear addresses a virtual-8086 guest uses.
 *
 *	00000-9FFFF	machine view: the machine's own RAM
 *			private view: pages of the guest's, made when touched
 *	A0000-FFFFF	the machine's own: video memory, adapters, ROM-BIOS
 *	100000-10FFFF	the same as 00000-0FFFF: A20 masked
 *	110000-113FFF	system tables (guest/v86_tables.h), supervisor only
 */
#pragma once

#include "lib/types.h"

enum guest_view { GUEST_VIEW_MACHINE, GUEST_VIEW_PRIVATE };

#define GUEST_LOW_END 0xa0000u /* end of the first 640 KiB */
#define GUEST_MEGABYTE 0x100000u
#define GUEST_LINEAR_END 0x110000u /* all that V86 mode can address */
#define GUEST_SYSTEM_BASE 0x110000u
#define GUEST_SYSTEM_PAGES 4u

struct guest_memory {
	enum guest_view view;
	u32 *directory;
	u32 *table;
	void *system; /* GUEST_SYSTEM_PAGES pages */
	u32 private_pages;
};

/* 0 or ERR_NO_MEMORY, with nothing left behind. */
int guest_memory_init(struct guest_memory *memory, enum guest_view view);
void guest_memory_free(struct guest_memory *memory);

/* Physical address of the page directory, for the guest's CR3. */
u64 guest_memory_cr3(const struct guest_memory *memory);

/*
 * Makes the private page at linear there if it is one that is made on demand.
 * ERR_RANGE: not such a page; ERR_NO_MEMORY.
 */
int guest_memory_touch(struct guest_memory *memory, u32 linear);

/*
 * Where the host finds the byte at linear (below GUEST_LINEAR_END), valid to
 * the end of its page; NULL out of range or without memory.
 */
u8 *guest_memory_at(struct guest_memory *memory, u32 linear);

/* 0, ERR_RANGE if it reaches beyond GUEST_LINEAR_END, or ERR_NO_MEMORY. */
int guest_memory_read(struct guest_memory *memory, u32 linear, void *buffer,
		      size_t bytes);
int guest_memory_write(struct guest_memory *memory, u32 linear,
		       const void *buffer, size_t bytes);

/*
 * A word of 16 bits, its two bytes wherever they lie. Out of memory it reads 0
 * and drops the write; the guest's own access will report that.
 */
u16 guest_memory_read16(struct guest_memory *memory, u32 linear);
void guest_memory_write16(struct guest_memory *memory, u32 linear, u16 value);
