/* The UARTs that ACPI's tables SPCR and DBG2 name; for the parser alone. */
#pragma once

#include "arch/acpi/acpi_info.h"

/*
 * Each reads a table of `length` bytes, header included, and adds what it names
 * to out->uart, the SPCR's first; what is no 16550 is a problem.
 */
void acpi_spcr_read(struct acpi_info *out, const u8 *spcr, u32 length);
void acpi_dbg2_read(struct acpi_info *out, const u8 *dbg2, u32 length);
