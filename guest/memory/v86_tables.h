/*
 * The protected-mode tables behind a virtual-8086 guest, in pages of its own
 * paging that only privilege level 0 can reach: GDT, LDT, IDT, the ring-0
 * #GP handler with its stack, and the TSS with the two maps. Pure.
 */
#pragma once

#include "lib/types.h"

/* Offsets in the system pages. */
#define V86_GDT_OFFSET 0x000u
#define V86_LDT_OFFSET 0x040u
#define V86_IDT_OFFSET 0x100u
#define V86_HANDLER_OFFSET 0x200u
#define V86_RING0_STACK_TOP 0x1000u
#define V86_TSS_OFFSET 0x1000u

#define V86_GDT_LIMIT 0x3fu
#define V86_LDT_LIMIT 0x1fu
#define V86_IDT_LIMIT 0xffu /* gates 0-31 */

/*
 * TSS, redirection map, I/O map and a closing byte of ones: all of it must lie
 * within the limit for the processor to use the maps.
 */
#define V86_TSS_REDIRECTION_OFFSET 104u
#define V86_REDIRECTION_BYTES 32u
#define V86_TSS_IO_MAP_OFFSET (104u + 32u)
#define V86_TSS_BYTES (104u + 32u + 8192u + 1u)

/* Selectors: GDT entries, and descriptors in the LDT (TI set). */
#define V86_SELECTOR_TSS 0x08u
#define V86_SELECTOR_LDT 0x10u
#define V86_SELECTOR_CODE 0x04u
#define V86_SELECTOR_DATA 0x0cu
#define V86_SELECTOR_SCREEN 0x14u /* the text screen, B8000h */
#define V86_SELECTOR_FLAT 0x1cu

/*
 * Fills the pages, which are zero and lie at the guest-linear address base.
 * All INT n are redirected to the IVT (map bits 0) but INT 15h, which faults so
 * that the host sees it, and all ports are open: VMX's own I/O bitmaps decide
 * about ports.
 */
void v86_tables_build(void *pages, size_t bytes, u32 base);

/*
 * all: every INT n faults, so that the host sees it; else as above. The pages
 * are those of v86_tables_build().
 */
void v86_tables_trap_ints(void *pages, bool all);
