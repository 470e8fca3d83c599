/*
 * Physical memory of a test's own in place of the machine's; test_memory is what
 * is at address 0. A test includes this before the .c file that it tests.
 */
#pragma once

#include "lib/types.h"

#define phys_to_virt hardware_phys_to_virt
#define virt_to_phys hardware_virt_to_phys
#include "arch/mem/direct_map.h"
#undef phys_to_virt
#undef virt_to_phys

static u8 *test_memory;

static inline void *phys_to_virt(u64 phys)
{
	return test_memory + phys;
}

static inline u64 virt_to_phys(const void *virt)
{
	return (u64)((const u8 *)virt - test_memory);
}
