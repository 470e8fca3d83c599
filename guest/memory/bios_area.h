/*
 * The machine's ROM-BIOS as the boot loader left it: whether there is one, and
 * a copy of its data (IVT, BDA, EBDA) for guests with low memory of their own.
 */
#pragma once

#include "lib/types.h"

/* Linear addresses in the BIOS data area. */
#define BDA_EBDA_SEGMENT 0x40e
#define BDA_EQUIPMENT 0x410
#define BDA_MEMORY_KIB 0x413
#define BDA_VIDEO_MODE 0x449
#define BDA_COLUMNS 0x44a
#define BDA_CURSOR 0x450 /* column, row of page 0 */
#define BDA_ACTIVE_PAGE 0x462
#define BDA_TICKS 0x46c
#define BDA_MIDNIGHT 0x470
#define BDA_HARD_DISKS 0x475 /* how many */

/*
 * Looks for the BIOS, copies its data, and logs what is found or missing. On
 * the boot core, before anything below 1 MiB is changed.
 */
void bios_area_init(void);

/* Whether there is a BIOS that can be run. */
bool bios_area_present(void);

/* Why there is none: one clause. */
const char *bios_area_why_not(void);

/* The copy, made at boot, of page 0-159; NULL if that page was not copied. */
const void *bios_area_page(u32 page);

/* Reads the machine's own memory below 1 MiB, as it is now. */
u8 bios_area_read8(u32 linear);
u16 bios_area_read16(u32 linear);
