/*
 * Converts between physical addresses and the host's virtual ones. The direct
 * map is a part of the address space that arch/mem/paging.h describes.
 */
#pragma once

#include "lib/types.h"

#define DIRECT_MAP_BASE 0xffff800000000000ull
#define DIRECT_MAP_BITS 46 /* up to the stacks */
#define KERNEL_OFFSET 0xffffffff80000000ull

/* The address of phys in the direct map; phys must be mapped there. */
static inline void *phys_to_virt(u64 phys)
{
	return (void *)(DIRECT_MAP_BASE + phys);
}

/*
 * The physical address of an address in the direct map or the kernel's image.
 */
static inline u64 virt_to_phys(const void *virt)
{
	u64 address = (u64)virt;

	return address >= KERNEL_OFFSET ? address - KERNEL_OFFSET
					: address - DIRECT_MAP_BASE;
}
