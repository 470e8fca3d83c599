/*
 * The sixteen registers of a 16-bit call, in and out: exactly 64 bytes, in the
 * order in which they have been passed to BIOS code since Linux's vm86 days.
 */
#pragma once

#include "lib/types.h"

struct bios_regs {
	u32 eip, eflags;
	u32 eax, ecx, edx, ebx, esp, ebp, esi, edi;
	u32 es, cs, ss, ds, fs, gs;
};
static_assert(sizeof(struct bios_regs) == 16 * sizeof(u32),
	      "sixteen 32-bit registers");
