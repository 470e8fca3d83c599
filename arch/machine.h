/*
 * The machine as found at boot: what the loader said, the memory map and the
 * ACPI tables. Written by boot/main.c's steps, read by everybody.
 */
#pragma once

#include "arch/acpi.h"
#include "arch/memmap.h"
#include "boot/bootinfo.h"

const struct bootinfo *machine_bootinfo(void);
const struct memmap *machine_memmap(void);
const struct acpi_info *machine_acpi(void);

/* The boot information to be filled in before machine_init_memory(). */
struct bootinfo *machine_bootinfo_for_boot(void);

/*
 * Memory map from the boot information (without the kernel's image, modules
 * and the loader's data at mbi), page allocator and page tables. Problems are
 * logged. Returns 0 or the error that makes it impossible to go on.
 */
int machine_init_memory(u64 mbi_phys, u64 mbi_bytes);

/* Reads the ACPI tables; what is damaged or missing is logged. */
void machine_init_acpi(void);
