/*
 * Linear addresses of a guest of the engine `whole`, by its own page tables. On
 * the guest's core, its VMCS current.
 */
#pragma once

#include "guest/code16/guest16.h"

/*
 * Where a linear address is in the guest's physical memory. False, with the page
 * fault raised at the instruction, where its tables do not allow the access.
 */
bool whole_translate(struct guest16 *guest, u32 linear, bool write,
		     u64 *address);

/* The same without a page fault: false, and nothing has happened. */
bool whole_can_translate(struct guest16 *guest, u32 linear, bool write,
			 u64 *address);
