/*
 * The machine as found at boot: the loader's information, the memory map and
 * the ACPI tables. boot/main.c calls the functions that fill it in; all others
 * only read it.
 */
#pragma once

#include "arch/acpi/acpi.h"
#include "arch/mem/memmap.h"
#include "boot/bootinfo.h"

const struct bootinfo *machine_bootinfo(void);
const struct memmap *machine_memmap(void);
const struct acpi_info *machine_acpi(void);

/* The boot information, to be filled in before machine_init_memory(). */
struct bootinfo *machine_bootinfo_for_boot(void);

/*
 * Makes the memory map from the boot information (without the kernel's image
 * and modules), the page allocator and the page tables. Logs problems. Returns
 * 0, or the error that makes it impossible to go on.
 */
int machine_init_memory(void);

/* Reads the MTRRs. A machine without them counts as uncacheable. */
void machine_init_memory_types(void);

/* The MEMORY_TYPE_* of a physical address, by the firmware's MTRRs. */
u8 machine_memory_type(u64 phys);

/* The width of physical addresses in bits. */
u32 machine_physical_bits(void);

/*
 * Whether a guest of any kind may have the page at phys: it may have devices
 * and what the firmware keeps for itself, but no RAM, nothing of ours, and
 * nothing of the chipset's from FEC00000h to FEFFFFFFh.
 */
bool machine_is_open_to_guests(u64 phys);

/*
 * Whether a guest that runs the machine's own BIOS may have it. Such a guest
 * may also have the chipset's HPET and TPM, but not the pages of the local and
 * I/O APICs, nor the MiB from FEE00000h, where writes are interrupt messages.
 */
bool machine_is_open_to_bios(u64 phys);

/*
 * The host drives the device whose registers are there: no guest gets a page of
 * them from now on. Boot core, before the first guest. False: no room to note it.
 */
bool machine_keep_device(u64 phys, u64 bytes);

/* Whether the byte at phys is RAM, whoever uses it. */
bool machine_is_ram(u64 phys);

/* Whether the byte at phys is RAM that the kernel leaves to guests. */
bool machine_is_guest_ram(u64 phys);

/* Reads the ACPI tables; what is damaged or missing is logged. */
void machine_init_acpi(void);
