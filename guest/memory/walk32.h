/*
 * The walk of the page tables of a guest without long mode: 32-bit paging with 4
 * MiB pages, and PAE paging (SDM volume 3, "32-Bit Paging", "PAE Paging" and
 * "Access Rights"). Accessed and dirty flags are set as the processor does. Pure.
 */
#pragma once

#include "lib/types.h"

struct walk32 {
	u32 cr3;
	bool pae;	    /* CR4.PAE */
	bool large_pages;   /* CR4.PSE; PAE paging has them in any case */
	bool write_protect; /* CR0.WP */
	void *ctx;
	/*
	 * The bytes at a guest-physical address, a multiple of 4 with 8 bytes
	 * behind it in its page or less; NULL where the guest has no RAM.
	 */
	u8 *(*entry)(void *ctx, u64 gpa);
};

enum walk32_result {
	WALK32_MAPPED,
	WALK32_FAULT,	 /* #PF with *error_code */
	WALK32_NO_TABLE, /* a table is not in RAM: *gpa says where */
};

/*
 * access: PAGE_FAULT_W and _U, as in an error code. *gpa: where the byte is;
 * of a fault, not changed.
 */
enum walk32_result walk32(const struct walk32 *walk, u32 linear, u32 access,
			  u64 *gpa, u32 *error_code);
