/* The fields of the FADT: for arch/acpi/acpi.c alone. */
#pragma once

#include "arch/acpi/acpi_info.h"

/*
 * Reads all of a FADT but what it says of the DSDT; fields that the table is
 * too short for are 0.
 */
void acpi_fadt_read(struct acpi_info *out, const struct acpi_fadt *fadt);
