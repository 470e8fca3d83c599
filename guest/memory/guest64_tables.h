/*
 * The page tables and the GDT that a 64-bit guest begins with, as bytes of its
 * RAM. Pure: it knows no guest and no processor.
 */
#pragma once

#include "lib/types.h"

#define GUEST64_RAM_BASE 0x1000u
#define GUEST64_RAM_END 0x100000u
#define GUEST64_TABLES 0x1000u
#define GUEST64_GDT 0x5000u

#define GUEST64_SELECTOR_CODE 0x08
#define GUEST64_SELECTOR_DATA 0x10
#define GUEST64_SELECTOR_TSS 0x18
#define GUEST64_GDT_LIMIT 0x27 /* the TSS has a descriptor of 16 bytes */

/* What the page tables at GUEST64_TABLES map. */
enum guest64_pages {
	GUEST64_PAGES_2M, /* the first GiB, by 2 MiB pages */
	GUEST64_PAGES_4K, /* the first 2 MiB, by 4 KiB pages */
};

/*
 * Builds them. ram: the guest's memory at GUEST64_RAM_BASE, zeroed, 8-byte
 * aligned.
 */
void guest64_tables_build(u8 *ram, enum guest64_pages pages);
