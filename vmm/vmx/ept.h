/*
 * Extended page tables of four levels: they translate a guest-physical address
 * to a physical one and say what the guest may do there (SDM volume 3, "The
 * Extended Page Table Mechanism (EPT)"). Pure; one user at a time.
 *
 * No guest may run on the tables while they change. After a change, every core
 * that has run on them must execute INVEPT (vmm/vmx/vmx_insn.h) before it does
 * so again: it may still have cached what was unmapped or replaced.
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

/* The source of pages for tables: 4 KiB, zeroed, aligned to their size. */
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
	u64 caps;	/* EPT_CAP_*: features that may be used */
	u64 phys_limit; /* the end of the host-physical addresses */
	u64 gpa_limit;	/* the end of the guest-physical addresses */
	u64 tables;	/* number of table pages, with the root */
};

/*
 * Makes empty tables. caps: EPT_VPID_CAP, or fewer bits of it; phys_bits: the
 * processor's physical-address width (32-52). ERR_INVALID: phys_bits makes no
 * sense. ERR_UNSUPPORTED: no four-level tables, or tables can be neither WB nor
 * UC. ERR_NO_MEMORY. After an error there is nothing to free.
 */
int ept_init(struct ept *ept, const struct ept_pages *pages, u64 caps,
	     u32 phys_bits);

/*
 * Gives all table pages back. Then, as after a failed ept_init(), nothing is
 * mapped.
 */
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
 * Unmaps [gpa, gpa + bytes), whether or not it was mapped. Errors as ept_map();
 * ERR_NO_MEMORY if a larger page must be split and there is no page for the
 * table.
 */
int ept_unmap(struct ept *ept, u64 gpa, u64 bytes);

/*
 * Finds the physical address of gpa, and how it is mapped: EPT_*,
 * MEMORY_TYPE_*. False, with nothing stored, if it is not mapped.
 */
bool ept_lookup(const struct ept *ept, u64 gpa, u64 *hpa, u32 *access,
		u8 *type);

/*
 * The value for the VMCS's EPT-pointer field. The tables are accessed as WB if
 * the processor can. accessed_dirty: the processor sets accessed and dirty
 * flags, if it has them.
 */
u64 ept_pointer(const struct ept *ept, bool accessed_dirty);

/*
 * Whether the tables are sound: no entry is an EPT misconfiguration, large
 * pages are only where they may be, and the number of table pages is right.
 */
bool ept_check(const struct ept *ept);
