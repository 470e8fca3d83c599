/*
 * Extended page tables of four levels: what a guest-physical address is in the
 * machine, and what a guest may do there (SDM volume 3, "The Extended Page
 * Table Mechanism (EPT)"). Pure; one user at a time.
 *
 * No guest may run on the tables while they change. After a change, every core
 * that ever ran on them must execute INVEPT (vmm/vmx/vmx_insn.h) before it does
 * again: what was unmapped or replaced may still be cached there.
 */
#pragma once

#include "lib/types.h"

enum ept_access {
	EPT_READ = 1,
	EPT_WRITE = 2, /* only together with EPT_READ */
	EPT_EXECUTE = 4,
	EPT_READ_EXECUTE = EPT_READ | EPT_EXECUTE,
	EPT_ALL = EPT_READ | EPT_WRITE | EPT_EXECUTE,
};

/* Where table pages come from: 4 KiB, zeroed, aligned to their size. */
struct ept_pages {
	void *ctx;
	void *(*alloc)(void *ctx); /* NULL: none left */
	void (*free)(void *ctx, void *page);
	u64 (*to_phys)(const void *page);
	void *(*to_virt)(u64 phys);
};

struct ept {
	struct ept_pages pages;
	u64 root_phys;
	u64 caps;	/* EPT_CAP_*: what may be used */
	u64 phys_limit; /* the first host-physical address there is not */
	u64 gpa_limit;	/* the same for the guest */
	u64 tables;	/* table pages taken, the root included */
};

/*
 * caps is EPT_VPID_CAP, or less of it; phys_bits the processor's physical
 * address width (32-52). ERR_INVALID: phys_bits makes no sense.
 * ERR_UNSUPPORTED: no four-level tables, or neither WB nor UC ones.
 * ERR_NO_MEMORY. After an error there is nothing to free.
 */
int ept_init(struct ept *ept, const struct ept_pages *pages, u64 caps,
	     u32 phys_bits);

/* Gives every table page back. After it or a failed ept_init, nothing maps. */
void ept_free(struct ept *ept);

/*
 * Maps [gpa, gpa + bytes) to the same range at hpa, in place of what was mapped
 * there, with the largest pages alignment and processor allow, but 4 KiB below
 * 2 MiB. access: EPT_*; type: MEMORY_TYPE_*, which the guest's own PAT may
 * still weaken.
 * ERR_INVALID: not whole pages, no bytes, or an access or type that is none.
 * ERR_UNSUPPORTED: execute-only, where the processor has no such thing.
 * ERR_RANGE: beyond the physical address width or 48 bits. ERR_NO_MEMORY: no
 * table page left; a lower part of the range may be mapped already, the rest
 * is as it was.
 */
int ept_map(struct ept *ept, u64 gpa, u64 hpa, u64 bytes, u32 access, u8 type);

/*
 * Nothing is mapped at [gpa, gpa + bytes) any more, nor had it to be. Errors as
 * of ept_map: ERR_NO_MEMORY where a larger page must be split.
 */
int ept_unmap(struct ept *ept, u64 gpa, u64 bytes);

/*
 * Where the byte at gpa is, and how it is mapped: EPT_*, MEMORY_TYPE_*. False,
 * with nothing stored, where nothing is mapped.
 */
bool ept_lookup(const struct ept *ept, u64 gpa, u64 *hpa, u32 *access,
		u8 *type);

/*
 * Value of the EPT-pointer field of the VMCS; the tables themselves are WB
 * where that can be. accessed_dirty: the processor sets the accessed and dirty
 * flags, if it can at all.
 */
u64 ept_pointer(const struct ept *ept, bool accessed_dirty);

/*
 * Whether no entry would be an EPT misconfiguration, large pages are only where
 * they may be, and the count of table pages is right.
 */
bool ept_check(const struct ept *ept);
