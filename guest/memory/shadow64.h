/*
 * Shadow page tables: CR3 points to them while a 64-bit guest runs without EPT.
 * They map 4 KiB pages of the guest's RAM only, each added when the guest
 * touches it, and never more than the guest's own tables allow. Every other
 * access is a page fault, which exits. The guest cannot see or change them.
 * Pure; one user at a time.
 */
#pragma once

#include "guest/memory/walk64.h"
#include "lib/types.h"

#define SHADOW64_PAGES 32u /* at least LEVELS: one page must fit */

struct shadow64 {
	u64 *tables; /* SHADOW64_PAGES pages; the first is the root */
	u64 phys;    /* the host-physical address of tables */
	u32 used;
};

/*
 * tables: SHADOW64_PAGES contiguous pages at host-physical address phys, owned
 * by the caller.
 */
void shadow64_init(struct shadow64 *shadow, void *tables, u64 phys);

/* Removes all entries. Flushing the processor's TLB is the caller's task. */
void shadow64_flush(struct shadow64 *shadow);

/*
 * Maps the page of linear to host_phys, with the rights that the walk found.
 * The page becomes writable only when it is dirty. If the tables are full, all
 * other entries are removed first.
 */
void shadow64_fill(struct shadow64 *shadow, const struct walk64 *walk,
		   u64 linear, u32 access, const struct walk64_found *found,
		   u64 host_phys);

/* The leaf entry that maps linear; 0 if there is none. */
u64 shadow64_lookup(const struct shadow64 *shadow, u64 linear);
