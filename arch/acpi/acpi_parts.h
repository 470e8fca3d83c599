/* What the files of the ACPI parser share; nobody else includes this. */
#pragma once

#include "arch/acpi/acpi.h"
#include "lib/types.h"

/* Adds a line to out->problem, or counts it if there is no room. */
void acpi_problem(struct acpi_info *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Reads the entries of a MADT of `length` bytes, header included. */
void acpi_madt_read_entries(struct acpi_info *out, const u8 *madt, u32 length);

/* Reads the entries of an MCFG of `length` bytes, header included. */
void acpi_mcfg_read(struct acpi_info *out, const u8 *mcfg, u32 length);

/* Looks for \_S5_ in the table->length bytes at aml; out->s5_present tells. */
void acpi_aml_find_s5(struct acpi_info *out, const struct acpi_table *table,
		      const u8 *aml);
