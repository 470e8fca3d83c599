/*
 * The four page-directory-pointer-table entries of PAE paging. The processor
 * reads them from memory when an instruction of the guest's loads CR3 or turns
 * that paging on; where the host acts as that instruction, it does. Pure.
 */
#pragma once

#include "lib/types.h"

#define PAE_PDPTES 4u

/* Whether a processor with CR0, CR4 and no long mode uses them. */
bool pae_is_on(u64 cr0, u64 cr4);

/* Whether it reads them anew as CR0 or CR4 changes from the old to the new. */
bool pae_is_loaded_by(u64 old_cr0, u64 old_cr4, u64 cr0, u64 cr4);

/* Their guest-physical address. */
u32 pae_address(u64 cr3);

/* Whether none has a reserved bit set: else loading them is a #GP. */
bool pae_are_good(const u64 pdpte[PAE_PDPTES], u32 physical_bits);
