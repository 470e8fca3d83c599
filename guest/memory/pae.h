/*
 * The four page-directory-pointer-table entries of PAE paging. The processor
 * reads them from memory when the guest loads CR3 or turns PAE paging on. Where
 * the host emulates such an instruction, the host must read them. Pure.
 */
#pragma once

#include "lib/types.h"

#define PAE_PDPTES 4u

/*
 * Whether a processor with these CR0 and CR4, not in long mode, uses PAE
 * paging.
 */
bool pae_is_on(u64 cr0, u64 cr4);

/* Whether the processor reads the entries again when CR0 and CR4 change so. */
bool pae_is_loaded_by(u64 old_cr0, u64 old_cr4, u64 cr0, u64 cr4);

/* The guest-physical address of the entries. */
u32 pae_address(u64 cr3);

/*
 * Whether no present entry has a reserved bit set; if one has, loading them
 * raises #GP.
 */
bool pae_are_good(const u64 pdpte[PAE_PDPTES], u32 physical_bits);
