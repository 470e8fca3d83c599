/*
 * The entries of the ACPI MADT: processors, I/O APICs, overrides and NMIs.
 * Pure; called by arch/acpi/acpi.c alone, with a table whose length and
 * checksum are right and whose entries may still be nonsense.
 */
/* build: pure */
#include "arch/acpi/acpi_madt.h"

#include "arch/acpi/acpi_problem.h"
#include "lib/string.h"

/* One entry of the MADT, which is at least the kind's min_bytes long. */
struct madt_kind {
	u8 min_bytes;
	void (*read)(struct acpi_info *out, const u8 *data);
};

static void add_cpu(struct acpi_info *out, u32 apic_id, u32 uid, u32 flags)
{
	u32 i;

	if ((flags & ACPI_MADT_CPU_ENABLED) == 0) {
		if ((flags & ACPI_MADT_CPU_ONLINE_CAPABLE) != 0) {
			out->cpu_online_capable++;
		} else {
			out->cpu_disabled++;
		}
		return;
	}
	for (i = 0; i < out->cpu_count; i++) {
		if (out->cpu[i].apic_id == apic_id) {
			return;
		}
	}
	if (out->cpu_count == ACPI_MAX_CPUS) {
		out->cpu_left_out++;
		return;
	}
	out->cpu[out->cpu_count].apic_id = apic_id;
	out->cpu[out->cpu_count].acpi_uid = uid;
	out->cpu_count++;
}

static void read_lapic(struct acpi_info *out, const u8 *data)
{
	struct acpi_madt_lapic raw;

	memcpy(&raw, data, sizeof(raw));
	/* FFh addresses all local APICs; firmware marks empty sockets by it. */
	add_cpu(out, raw.apic_id, raw.acpi_uid,
		raw.apic_id == 0xff ? 0 : raw.flags);
}

static void read_x2apic(struct acpi_info *out, const u8 *data)
{
	struct acpi_madt_x2apic raw;

	memcpy(&raw, data, sizeof(raw));
	add_cpu(out, raw.apic_id, raw.acpi_uid,
		raw.apic_id == 0xffffffff ? 0 : raw.flags);
}

static void read_ioapic(struct acpi_info *out, const u8 *data)
{
	struct acpi_madt_ioapic raw;
	struct acpi_ioapic *ioapic;

	if (out->ioapic_count == ACPI_MAX_IOAPICS) {
		out->ioapic_left_out++;
		return;
	}
	memcpy(&raw, data, sizeof(raw));
	ioapic = &out->ioapic[out->ioapic_count++];
	ioapic->id = raw.id;
	ioapic->address = raw.address;
	ioapic->gsi_base = raw.gsi_base;
}

static void read_override(struct acpi_info *out, const u8 *data)
{
	struct acpi_madt_interrupt_override raw;
	struct acpi_override *override;

	if (out->override_count == ACPI_MAX_OVERRIDES) {
		out->override_left_out++;
		return;
	}
	memcpy(&raw, data, sizeof(raw));
	override = &out->override[out->override_count++];
	override->bus = raw.bus;
	override->source = raw.source;
	override->flags = raw.flags;
	override->gsi = raw.gsi;
}

static void read_nmi_source(struct acpi_info *out, const u8 *data)
{
	struct acpi_madt_nmi_source raw;

	if (out->nmi_source_count == ACPI_MAX_NMI_SOURCES) {
		out->nmi_source_left_out++;
		return;
	}
	memcpy(&raw, data, sizeof(raw));
	out->nmi_source[out->nmi_source_count].flags = raw.flags;
	out->nmi_source[out->nmi_source_count].gsi = raw.gsi;
	out->nmi_source_count++;
}

static void add_lapic_nmi(struct acpi_info *out, u32 uid, u16 flags, u8 lint)
{
	struct acpi_lapic_nmi *nmi;

	if (out->lapic_nmi_count == ACPI_MAX_LAPIC_NMIS) {
		out->lapic_nmi_left_out++;
		return;
	}
	nmi = &out->lapic_nmi[out->lapic_nmi_count++];
	nmi->acpi_uid = uid;
	nmi->flags = flags;
	nmi->lint = lint;
}

static void read_lapic_nmi(struct acpi_info *out, const u8 *data)
{
	struct acpi_madt_lapic_nmi raw;

	memcpy(&raw, data, sizeof(raw));
	add_lapic_nmi(out, raw.acpi_uid == 0xff ? ACPI_ALL_CPUS : raw.acpi_uid,
		      raw.flags, raw.lint);
}

static void read_x2apic_nmi(struct acpi_info *out, const u8 *data)
{
	struct acpi_madt_x2apic_nmi raw;

	memcpy(&raw, data, sizeof(raw));
	add_lapic_nmi(out, raw.acpi_uid, raw.flags, raw.lint);
}

static void read_lapic_address(struct acpi_info *out, const u8 *data)
{
	struct acpi_madt_lapic_address raw;

	memcpy(&raw, data, sizeof(raw));
	out->lapic_address = raw.address;
}

static const struct madt_kind madt_kinds[] = {
	[ACPI_MADT_LAPIC] = { 8, read_lapic },
	[ACPI_MADT_IOAPIC] = { 12, read_ioapic },
	[ACPI_MADT_INTERRUPT_OVERRIDE] = { 10, read_override },
	[ACPI_MADT_NMI_SOURCE] = { 8, read_nmi_source },
	[ACPI_MADT_LAPIC_NMI] = { 6, read_lapic_nmi },
	[ACPI_MADT_LAPIC_ADDRESS] = { 12, read_lapic_address },
	[ACPI_MADT_X2APIC] = { 16, read_x2apic },
	[ACPI_MADT_X2APIC_NMI] = { 12, read_x2apic_nmi },
};

void acpi_madt_read_entries(struct acpi_info *out, const u8 *madt, u32 length)
{
	struct acpi_madt_entry entry;
	u32 at;

	for (at = sizeof(struct acpi_madt); at < length; at += entry.length) {
		if (length - at < sizeof(entry)) {
			acpi_problem(out, "MADT: one byte too many at %xh", at);
			return;
		}
		memcpy(&entry, madt + at, sizeof(entry));
		if (entry.length < sizeof(entry) ||
		    entry.length > length - at) {
			acpi_problem(
				out,
				"MADT: type %u at %xh: length %u; rest lost",
				entry.type, at, entry.length);
			return;
		}
		if (entry.type >= ARRAY_SIZE(madt_kinds) ||
		    madt_kinds[entry.type].read == NULL) {
			continue;
		}
		if (entry.length < madt_kinds[entry.type].min_bytes) {
			acpi_problem(out,
				     "MADT: type %u at %xh: length %u; ignored",
				     entry.type, at, entry.length);
			continue;
		}
		madt_kinds[entry.type].read(out, madt + at);
	}
}
