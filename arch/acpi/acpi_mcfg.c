/*
 * The entries of the ACPI MCFG: where the PCI configuration space is in memory.
 * Pure; called by arch/acpi/acpi.c alone, with a table whose length and
 * checksum are right and whose entries may still be nonsense.
 */
/* build: pure */
#include "arch/acpi/acpi_mcfg.h"

#include "arch/acpi/acpi_problem.h"
#include "lib/string.h"

#define BUS_BYTES (1 * MIB)

/* Why the entry makes no sense, or NULL. */
static const char *check(const struct acpi_mcfg_entry *entry)
{
	if (entry->base_address == 0 || entry->base_address % BUS_BYTES != 0) {
		return "its address is of no use";
	}
	if (entry->base_address > BIT(52) - 256 * BUS_BYTES) {
		return "no processor reaches that address";
	}
	return entry->start_bus > entry->end_bus ? "it ends before it starts"
						 : NULL;
}

static void add(struct acpi_info *out, const struct acpi_mcfg_entry *entry)
{
	const char *why = check(entry);

	if (why != NULL) {
		acpi_problem(out,
			     "MCFG: segment %u, buses %u-%u at %lxh: %s; "
			     "ignored",
			     entry->segment, entry->start_bus, entry->end_bus,
			     entry->base_address, why);
		return;
	}
	if (out->mcfg_count == ACPI_MAX_MCFG) {
		out->mcfg_left_out++;
		return;
	}
	out->mcfg[out->mcfg_count++] = (struct acpi_mcfg){
		.base = entry->base_address,
		.segment = entry->segment,
		.first_bus = entry->start_bus,
		.last_bus = entry->end_bus,
	};
}

void acpi_mcfg_read(struct acpi_info *out, const u8 *mcfg, u32 length)
{
	u32 at = sizeof(struct acpi_mcfg_table);
	struct acpi_mcfg_entry entry;

	for (; at < length && length - at >= sizeof(entry);
	     at += sizeof(entry)) {
		memcpy(&entry, mcfg + at, sizeof(entry));
		add(out, &entry);
	}
	if (at != length) {
		acpi_problem(out, "MCFG: length %u; some of it is no entry",
			     length);
	}
}
