/*
 * The sixteen registers of a 16-bit call, in and out: exactly 64 bytes, in the
 * order in which they have been passed to BIOS code since Linux's vm86 days.
 */
#pragma once

#include "arch/register_numbers.h"
#include "lib/types.h"

struct bios_regs {
	u32 eip, eflags;
	union {
		u32 by_number[8]; /* enum gpr: 0-7 */
		struct {
			u32 eax, ecx, edx, ebx, esp, ebp, esi, edi;
		};
	};
	union {
		u32 by_segment[6]; /* enum segment: the first six */
		struct {
			u32 es, cs, ss, ds, fs, gs;
		};
	};
};
static_assert(sizeof(struct bios_regs) == 16 * sizeof(u32),
	      "sixteen 32-bit registers");
static_assert(offsetof(struct bios_regs, edi) ==
			      offsetof(struct bios_regs, by_number[GPR_RDI]) &&
		      offsetof(struct bios_regs, gs) ==
			      offsetof(struct bios_regs,
				       by_segment[SEGMENT_GS]),
	      "each name has its number's place");
