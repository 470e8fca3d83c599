/* What is read of the ACPI AML; for the parser of the tables alone. */
#pragma once

#include "arch/acpi/acpi_info.h"

/* Looks for \_S5_ in the table->length bytes at aml; out->s5_present tells. */
void acpi_aml_find_s5(struct acpi_info *out, const struct acpi_table *table,
		      const u8 *aml);
