/*
 * Walks a guest's four-level page tables as the processor does (SDM volume 3,
 * "4-Level Paging and 5-Level Paging" and "Access Rights"). Pure.
 *
 * Without PCIDs, protection keys, SMEP, SMAP and five levels, which these
 * guests are not offered.
 */
#pragma once

#include "lib/types.h"

struct walk64 {
	u64 cr3;
	bool write_protect;   /* CR0.WP */
	bool execute_disable; /* IA32_EFER.NXE */
	bool pages_1gb;	      /* the processor supports them */
	u32 physical_bits;    /* width of physical addresses */
	void *ctx;
	/*
	 * Returns where the paging-structure entry at a guest-physical address
	 * (a multiple of 8) can be read and written; NULL if it is not RAM.
	 */
	u64 *(*entry)(void *ctx, u64 gpa);
};

enum walk64_result {
	WALK64_MAPPED,
	WALK64_FAULT,	 /* #PF: found.error_code */
	WALK64_NO_TABLE, /* a table lies outside RAM, at found.gpa */
};

struct walk64_found {
	u64 gpa; /* of the byte at the linear address */
	u32 error_code;
	/* What the page allows. A supervisor's write depends on CR0.WP, too. */
	bool writable;
	bool user;
	bool executable;
	bool dirty; /* before, or by this access */
};

/*
 * access: PAGE_FAULT_W, _U and _I, as in the error code of the access. If the
 * access is allowed, the accessed and dirty flags in the guest's tables are
 * set. linear must be canonical.
 */
enum walk64_result walk64(const struct walk64 *walk, u64 linear, u32 access,
			  struct walk64_found *found);

/* Whether bits 63:47 are all the same. */
bool walk64_is_canonical(u64 linear);
