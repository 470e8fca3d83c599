/*
 * The protected-mode tables that a guest in virtual-8086 mode needs: GDT, LDT,
 * IDT, the ring-0 #GP handler with its stack, and the TSS with its two maps.
 * They lie in pages of the guest that only privilege level 0 can reach. Pure.
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
 * TSS, redirection map, I/O map and a last byte of ones. The processor uses the
 * maps only if all of this lies within the limit.
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
 * Fills the pages, which must be zero, for the guest-linear address base. All
 * INT n go through the IVT (their bits in the redirection map are 0), but INT
 * 15h faults so that the host sees it. The I/O map allows all ports, because
 * VMX's I/O bitmaps decide.
 */
void v86_tables_build(void *pages, size_t bytes, u32 base);

/*
 * all: every INT n faults, so that the host sees it; else only INT 15h. pages:
 * as filled by v86_tables_build().
 */
void v86_tables_trap_ints(void *pages, bool all);
