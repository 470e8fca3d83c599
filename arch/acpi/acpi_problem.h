/* Notes what is wrong with an ACPI table, for the log. */
#pragma once

#include "arch/acpi/acpi_info.h"

/* Adds a line to out->problem, or counts it if there is no room. */
void acpi_problem(struct acpi_info *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
