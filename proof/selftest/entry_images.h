/*
 * VMCSs that VM entry accepts, one for each mode a guest can start in, for the
 * tests of the entry checker in the kernel and on the host. Pure.
 */
#pragma once

#include "vmm/vmx/vmcs_fields.h"
#include "vmm/vmx/vmx_caps.h"

enum entry_kind {
	ENTRY_V86,	 /* virtual-8086 mode; no EPT */
	ENTRY_REAL,	 /* real mode: an unrestricted guest */
	ENTRY_PROTECTED, /* paged protected mode of 32 bits; no EPT */
	ENTRY_LONG,	 /* 64-bit mode; EPT where there is such a thing */
	ENTRY_KINDS,
};

/* "V86" and so on. */
const char *entry_kind_name(enum entry_kind kind);

/* Whether a processor with these capabilities can enter such a guest. */
bool entry_kind_possible(enum entry_kind kind, const struct vmx_caps *caps);

/*
 * The contents of the page with which an image is made: zeroes, except a PDPTE
 * with a reserved bit, and an entry for an MSR that must not be loaded, at
 * these offsets.
 */
#define ENTRY_PAGE_PDPTES 0xfe0
#define ENTRY_PAGE_MSRS 0xfd0
void entry_image_fill_page(u64 page[PAGE_SIZE / 8]);

/*
 * Writes every control and guest-state field of such a guest, but not the host
 * state. page: the physical address of the page above, which is page table, EPT
 * table, bitmap and list at once. The guest cannot execute anything: it leaves
 * at once by its interrupt window or the preemption timer.
 */
void entry_image_write(
	enum entry_kind kind, const struct vmx_caps *caps, u64 page,
	void (*write)(void *ctx, enum vmcs_field field, u64 value), void *ctx);
