/* The entries of the ACPI MADT; for the parser of the tables alone. */
#pragma once

#include "arch/acpi/acpi_info.h"

/* Reads the entries of a MADT of `length` bytes, header included. */
void acpi_madt_read_entries(struct acpi_info *out, const u8 *madt, u32 length);
