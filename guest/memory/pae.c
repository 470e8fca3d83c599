/* SDM volume 3, "PDPTE Registers" in "PAE Paging". */
/* build: pure */
#include "guest/memory/pae.h"

#include "arch/x86.h"

#define CR3_PDPT 0xffffffe0u
/*
 * Reserved bits of a PDPTE: 2:1, 8:5, and those above the physical-address
 * width.
 */
#define RESERVED_LOW 0x1e6ull

#define CR0_THAT_LOAD (CR0_PG | CR0_CD | CR0_NW)
#define CR4_THAT_LOAD (CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP)

bool pae_is_on(u64 cr0, u64 cr4)
{
	return (cr0 & CR0_PG) != 0 && (cr4 & CR4_PAE) != 0;
}

bool pae_is_loaded_by(u64 old_cr0, u64 old_cr4, u64 cr0, u64 cr4)
{
	return pae_is_on(cr0, cr4) && (((old_cr0 ^ cr0) & CR0_THAT_LOAD) != 0 ||
				       ((old_cr4 ^ cr4) & CR4_THAT_LOAD) != 0);
}

u32 pae_address(u64 cr3)
{
	return (u32)cr3 & CR3_PDPT;
}

bool pae_are_good(const u64 pdpte[PAE_PDPTES], u32 physical_bits)
{
	u64 reserved = RESERVED_LOW | ~(BIT(physical_bits) - 1);

	for (u32 i = 0; i < PAE_PDPTES; i++) {
		if ((pdpte[i] & PAGING_P) && (pdpte[i] & reserved)) {
			return false;
		}
	}
	return true;
}
