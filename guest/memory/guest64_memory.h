/*
 * The memory of a 64-bit guest, by guest-physical address:
 *
 *	00000-00FFF	nothing, so that a null pointer is noticed
 *	01000-04FFF	its page tables at the start: an identity map
 *	05000-05FFF	GDT: null, code 08h, data 10h, TSS 18h
 *	06000-0FFFF	stack, filled with FEh
 *	10000-FFFFF	the program; behind it, zeros
 *	above		nothing
 *
 * What is nothing is memory-mapped I/O. RAM is all of it the guest's own, and
 * it may change every byte, its page tables included. Under EPT those map RAM
 * and nothing else; without EPT shadow page tables do.
 */
#pragma once

#include "guest/memory/guest64_tables.h"
#include "guest/memory/shadow64.h"
#include "guest/memory/walk64.h"
#include "lib/types.h"
#include "vmm/vmx/ept.h"

#define GUEST64_STACK 0x6000u
#define GUEST64_STACK_TOP 0x10000u
#define GUEST64_PROGRAM 0x10000u
#define GUEST64_PROGRAM_MAX (GUEST64_RAM_END - GUEST64_PROGRAM)
#define GUEST64_STACK_FILL 0xfe

struct guest64_memory {
	u8 *ram; /* from GUEST64_RAM_BASE to ram_end */
	u32 ram_end;
	bool has_ept;
	struct ept ept;
	struct shadow64 shadow; /* used without EPT */
};

/*
 * Makes the memory, without a program in it. ram_end: where RAM ends, a
 * multiple of the page size, at most GUEST64_RAM_END. 0, or ERR_NO_MEMORY with
 * nothing left allocated.
 */
int guest64_memory_init(struct guest64_memory *memory, enum guest64_pages pages,
			bool under_ept, u32 ram_end);
void guest64_memory_free(struct guest64_memory *memory);

/*
 * The host's address of a byte, valid to the end of its page; NULL if it is not
 * RAM.
 */
u8 *guest64_memory_at(const struct guest64_memory *memory, u64 gpa);
