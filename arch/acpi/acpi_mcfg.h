/* The entries of the ACPI MCFG; for the parser of the tables alone. */
#pragma once

#include "arch/acpi/acpi_info.h"

/* Reads the entries of an MCFG of `length` bytes, header included. */
void acpi_mcfg_read(struct acpi_info *out, const u8 *mcfg, u32 length);
