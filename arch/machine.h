/*
 * The machine as found at boot: what the loader said, the memory map and the
 * ACPI tables. Written by boot/main.c's steps, read by everybody.
 */
#pragma once

#include "arch/acpi/acpi.h"
#include "arch/mem/memmap.h"
#include "boot/bootinfo.h"

const struct bootinfo *machine_bootinfo(void);
const struct memmap *machine_memmap(void);
const struct acpi_info *machine_acpi(void);

/* The boot information to be filled in before machine_init_memory(). */
struct bootinfo *machine_bootinfo_for_boot(void);

/*
 * Memory map from the boot information (without the kernel's image and
 * modules), page allocator and page tables. Problems are logged. Returns 0 or
 * the error that makes it impossible to go on.
 */
int machine_init_memory(void);

/* Reads the MTRRs. A machine without them counts as uncacheable. */
void machine_init_memory_types(void);

/* MEMORY_TYPE_* of a physical address, as the firmware set the MTRRs. */
u8 machine_memory_type(u64 phys);

/* The width of physical addresses. */
u32 machine_physical_bits(void);

/*
 * Whether any guest may be given the page at phys: devices and what the
 * firmware keeps for itself, but no RAM, none of ours, and nothing of the
 * chipset's from FEC00000h to FEFFFFFFh.
 */
bool machine_is_open_to_guests(u64 phys);

/*
 * The same for the machine's own BIOS, which has the chipset's HPET and TPM as
 * well: closed are the pages of the local and of the I/O APICs, and the MiB
 * from FEE00000h, where writes are interrupt messages.
 */
bool machine_is_open_to_bios(u64 phys);

/*
 * The host drives the device whose registers are there: no guest gets a page of
 * them from now on. Boot core, before the first guest. False: no room to note it.
 */
bool machine_keep_device(u64 phys, u64 bytes);

/* Whether the byte at phys is RAM, whoever has it. */
bool machine_is_ram(u64 phys);

/* Whether the byte at phys is RAM that the kernel leaves to guests. */
bool machine_is_guest_ram(u64 phys);

/* Reads the ACPI tables; what is damaged or missing is logged. */
void machine_init_acpi(void);
