/*
 * The segment descriptors and the TSS of a core. Selectors have RPL 0 and TI 0,
 * as VMX demands of a host.
 */
#pragma once

#include "lib/types.h"

#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_TSS 0x18

/* Indexes into the interrupt stack table, 1-based as in a gate. */
#define IST_NMI 1
#define IST_DOUBLE_FAULT 2
#define IST_MACHINE_CHECK 3

struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 io_map_base;
} __attribute__((packed));
static_assert(sizeof(struct tss) == 104, "SDM volume 3, 64-Bit TSS Format");

struct gdt {
	u64 entry[5]; /* null, code, data, TSS (two entries) */
};

/*
 * Fills in a core's GDT and loads its segments and its TSS, on the calling
 * core. gs_base: the address of its struct cpu.
 */
void gdt_load(struct gdt *gdt, struct tss *tss, u64 gs_base);
