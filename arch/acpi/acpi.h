/*
 * Reads the ACPI tables: which processors, local and I/O APICs there are, and
 * how to read the PM timer, reset and switch off. Pure: memory is reached by a
 * callback alone, and every byte is taken to be hostile.
 */
#pragma once

#include "arch/acpi/acpi_info.h"
#include "lib/types.h"

/*
 * map returns where `bytes` bytes at physical address phys can be read, or
 * NULL if any of them is not memory. What it returns must stay readable until
 * the parser's function returns.
 */
struct acpi_source {
	const void *(*map)(void *ctx, u64 phys, size_t bytes);
	void *ctx;
};

/*
 * Looks for the root pointer where a BIOS leaves it: in the first KiB of the
 * EBDA, then from E0000h to FFFFFh. ERR_NOT_FOUND if there is none (UEFI has
 * it elsewhere). Only the first 20 bytes have been checked.
 */
int acpi_find_rsdp(const struct acpi_source *src, u64 *rsdp_phys);

/*
 * Fills all of *out from the tables that a root pointer names. rsdp_copy: its
 * 20 (revision 0) or 36 bytes, at any alignment. Damaged tables are left out
 * and out->problem says so.
 *
 * Returns the number of problems (0 = all is well), or ERR_CORRUPT if the
 * root pointer or both of its tables of tables are bad; out->problem says why.
 */
int acpi_parse(struct acpi_info *out, const struct acpi_source *src,
	       const void *rsdp_copy, size_t rsdp_bytes);
