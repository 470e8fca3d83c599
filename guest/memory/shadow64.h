/*
 * Shadow page tables: what CR3 really points to while a 64-bit guest runs
 * without EPT. They hold 4 KiB pages of the guest's RAM only, filled in as the
 * guest touches them, and never what the guest's own tables do not allow; so
 * that every other access is a page fault, which exits. The guest neither sees
 * nor reaches them. Pure; one user at a time.
 */
#pragma once

#include "guest/memory/walk64.h"
#include "lib/types.h"

#define SHADOW64_PAGES 32u /* at least LEVELS: one page must fit */

struct shadow64 {
	u64 *tables; /* SHADOW64_PAGES pages; the first is the root */
	u64 phys;    /* their host-physical address */
	u32 used;
};

/* tables: SHADOW64_PAGES contiguous pages of the caller's at phys. */
void shadow64_init(struct shadow64 *shadow, void *tables, u64 phys);

/* Forgets everything. The processor's TLB is the caller's business. */
void shadow64_flush(struct shadow64 *shadow);

/*
 * Maps the page of linear to host_phys, as far as the walk found it allowed and
 * the access needs: writable only once it is dirty. Where the tables are full,
 * everything else is forgotten.
 */
void shadow64_fill(struct shadow64 *shadow, const struct walk64 *walk,
		   u64 linear, u32 access, const struct walk64_found *found,
		   u64 host_phys);

/* The entry that maps linear; 0 where there is none. */
u64 shadow64_lookup(const struct shadow64 *shadow, u64 linear);
