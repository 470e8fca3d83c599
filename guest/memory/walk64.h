/*
 * The walk of a guest's four-level page tables, as the processor does it (SDM
 * volume 3, "4-Level Paging and 5-Level Paging" and "Access Rights"). Pure.
 *
 * Not known here, and not offered to such guests: PCIDs, protection keys, SMEP
 * and SMAP, five levels.
 */
#pragma once

#include "lib/types.h"

struct walk64 {
	u64 cr3;
	bool write_protect;   /* CR0.WP */
	bool execute_disable; /* IA32_EFER.NXE */
	bool pages_1gb;	      /* the processor has them */
	u32 physical_bits;    /* width of physical addresses */
	void *ctx;
	/*
	 * The paging-structure entry at a guest-physical address (a multiple of
	 * 8), or NULL where the guest has no RAM.
	 */
	u64 *(*entry)(void *ctx, u64 gpa);
};

enum walk64_result {
	WALK64_MAPPED,
	WALK64_FAULT,	 /* #PF: found.error_code */
	WALK64_NO_TABLE, /* a table is not in RAM: found.gpa says where */
};

struct walk64_found {
	u64 gpa; /* of the byte itself */
	u32 error_code;
	/* What the page allows; supervisor writes also ask CR0.WP. */
	bool writable;
	bool user;
	bool executable;
	bool dirty; /* so far, or by this access */
};

/*
 * access: PAGE_FAULT_W, _U and _I of the access, as in an error code. Where
 * it is allowed, the accessed and dirty flags are set in the guest's tables.
 * The address must be canonical.
 */
enum walk64_result walk64(const struct walk64 *walk, u64 linear, u32 access,
			  struct walk64_found *found);

/* Whether bits 63:47 are all the same. */
bool walk64_is_canonical(u64 linear);
