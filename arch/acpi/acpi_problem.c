/*
 * Notes what is wrong with an ACPI table. Pure; called by the parser's files
 * alone.
 */
/* build: pure */
#include "arch/acpi/acpi_problem.h"

#include <stdarg.h>

#include "lib/fmt.h"

void acpi_problem(struct acpi_info *out, const char *fmt, ...)
{
	va_list args;

	if (out->problem_count == ACPI_MAX_PROBLEMS) {
		out->problem_left_out++;
		return;
	}
	va_start(args, fmt);
	fmt_vsnprintf(out->problem[out->problem_count++], ACPI_PROBLEM_BYTES,
		      fmt, args);
	va_end(args);
}
