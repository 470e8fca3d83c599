/*
 * Whole string instructions of a guest where they reach the VGA's window, by
 * physical addresses. What they do at once they do as single steps would; how
 * many elements that are is what they return, and the rest is for others: 0
 * where the window is not concerned. Pure.
 */
#pragma once

#include "guest/board/pc/pc.h"

/* REP STOS to the window. */
u32 pc_fill(struct pc *pc, const struct vga_string *string, u64 to, u32 value);

/* REP MOVS in the window, into it or out of it. */
u32 pc_move(struct pc *pc, const struct vga_string *string, u64 to, u64 from);
