/*
 * The sleep types of S5, looked for in the AML of a DSDT or SSDT without
 * running it: the one package of constants that \_S5_ names. Pure; called by
 * arch/acpi/acpi.c alone, with a table whose length and checksum are right.
 */
/* build: pure */
#include "arch/acpi/acpi_aml.h"

#include "arch/acpi/acpi_problem.h"
#include "lib/string.h"

/* An integer constant at *at; moves *at past it. False: it is none. */
static bool aml_integer(const u8 **at, const u8 *end, u32 *value)
{
	u32 bytes = 0;
	u32 i;

	if (*at == end) {
		return false;
	}
	*value = 0;
	switch (*(*at)++) {
	case AML_ZERO_OP:
		break;
	case AML_ONE_OP:
		*value = 1;
		break;
	case AML_BYTE_PREFIX:
		bytes = 1;
		break;
	case AML_WORD_PREFIX:
		bytes = 2;
		break;
	case AML_DWORD_PREFIX:
		bytes = 4;
		break;
	default:
		return false;
	}
	if ((size_t)(end - *at) < bytes) {
		return false;
	}
	for (i = 0; i < bytes; i++) {
		u32 byte = *(*at)++;

		*value |= byte << (8 * i);
	}
	return true;
}

/* "Package Length Encoding": *end is cut to where the package ends. */
static bool aml_package_length(const u8 **at, const u8 **end)
{
	const u8 *start = *at;
	u32 more;
	u32 length;
	u32 i;

	if (start == *end) {
		return false;
	}
	more = *start >> 6;
	length = more == 0 ? *start & 0x3f : *start & 0x0f;
	if ((size_t)(*end - start) <= more) {
		return false;
	}
	for (i = 0; i < more; i++) {
		length |= (u32)start[1 + i] << (4 + 8 * i);
	}
	if (length <= more || length > (size_t)(*end - start)) {
		return false;
	}
	*at = start + 1 + more;
	*end = start + length;
	return true;
}

/* at: what follows the name _S5_. */
static bool read_s5_package(struct acpi_info *out, const u8 *at, const u8 *end)
{
	u32 elements;
	u32 a;
	u32 b;

	if (at == end || *at++ != AML_PACKAGE_OP ||
	    !aml_package_length(&at, &end) || at == end) {
		return false;
	}
	elements = *at++;
	if (elements == 0 || !aml_integer(&at, end, &a)) {
		return false;
	}
	/* ACPI 1.0 machines may have both types in one number. */
	b = a >> 8;
	if (elements == 1) {
		a &= 0xff;
	} else if (!aml_integer(&at, end, &b)) {
		return false;
	}
	if (a > 7 || b > 7) {
		return false;
	}
	out->s5_type_a = (u8)a;
	out->s5_type_b = (u8)b;
	out->s5_present = true;
	return true;
}

void acpi_aml_find_s5(struct acpi_info *out, const struct acpi_table *table,
		      const u8 *aml)
{
	u32 at = sizeof(struct acpi_header) + 1;

	for (; at + 4 <= table->length; at++) {
		if (memcmp(aml + at, "_S5_", 4) != 0) {
			continue;
		}
		if (aml[at - 1] != AML_NAME_OP &&
		    (aml[at - 1] != AML_ROOT_CHAR ||
		     aml[at - 2] != AML_NAME_OP)) {
			continue;
		}
		if (read_s5_package(out, aml + at + 4, aml + table->length)) {
			return;
		}
		acpi_problem(out, "%s: _S5_ at %xh: not two sleep types",
			     table->signature, at);
	}
}
