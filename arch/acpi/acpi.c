/*
 * The parser of the ACPI tables. Pure: it knows their formats and distrusts
 * every byte, reaches memory by the caller's callback alone, and acts on
 * nothing it reads. Called once at boot, on the first core.
 */
/* build: pure */
#include "arch/acpi/acpi.h"

#include "arch/acpi/acpi_aml.h"
#include "arch/acpi/acpi_fadt.h"
#include "arch/acpi/acpi_madt.h"
#include "arch/acpi/acpi_mcfg.h"
#include "arch/acpi/acpi_problem.h"
#include "arch/acpi/acpi_uart.h"
#include "lib/checksum.h"
#include "lib/error.h"
#include "lib/fmt.h"
#include "lib/str.h"
#include "lib/string.h"

#define BDA_EBDA_SEGMENT 0x40eull
#define EBDA_SCAN_BYTES 1024
#define LOW_MEMORY_END 0xa0000ull
#define BIOS_AREA_BASE 0xe0000ull
#define BIOS_AREA_BYTES 0x20000
#define RSDP_ALIGN 16
#define ACPI_MAX_TABLE_BYTES (16 * MIB)

struct parser {
	struct acpi_info *out;
	const struct acpi_source *src;
};

static const void *map(const struct acpi_source *src, u64 phys, size_t bytes)
{
	if (phys + bytes < phys) {
		return NULL;
	}
	return src->map(src->ctx, phys, bytes);
}

/* Finding the root pointer. */

static bool scan_rsdp(const struct acpi_source *src, u64 base, size_t bytes,
		      u64 *rsdp_phys)
{
	const u8 *area = map(src, base, bytes);
	size_t i;

	if (area == NULL) {
		return false;
	}
	for (i = 0; bytes - i >= ACPI_RSDP_V1_BYTES; i += RSDP_ALIGN) {
		if (memcmp(area + i, ACPI_RSDP_SIGNATURE, 8) == 0 &&
		    checksum8(area + i, ACPI_RSDP_V1_BYTES) == 0) {
			*rsdp_phys = base + i;
			return true;
		}
	}
	return false;
}

int acpi_find_rsdp(const struct acpi_source *src, u64 *rsdp_phys)
{
	const void *bda = map(src, BDA_EBDA_SEGMENT, sizeof(u16));
	u16 segment = 0;
	u64 bytes;
	u64 ebda;

	if (bda != NULL) {
		memcpy(&segment, bda, sizeof(segment));
	}
	ebda = (u64)segment << 4;
	if (ebda >= KIB && ebda < LOW_MEMORY_END) {
		bytes = MIN(EBDA_SCAN_BYTES, LOW_MEMORY_END - ebda);
		if (scan_rsdp(src, ebda, bytes, rsdp_phys)) {
			return 0;
		}
	}
	if (scan_rsdp(src, BIOS_AREA_BASE, BIOS_AREA_BYTES, rsdp_phys)) {
		return 0;
	}
	return ERR_NOT_FOUND;
}

/* Loading a table of any kind. */

static struct acpi_table *find_table(struct acpi_info *out, u64 phys)
{
	u32 i;

	for (i = 0; i < out->table_count; i++) {
		if (out->table[i].phys == phys) {
			return &out->table[i];
		}
	}
	return NULL;
}

/* Why the table cannot be trusted, or NULL; fills in what it says it is. */
static const char *check_table(const struct parser *p, struct acpi_table *table)
{
	const void *data = map(p->src, table->phys, sizeof(struct acpi_header));
	struct acpi_header header;
	u32 i;

	if (data == NULL) {
		return "its header is not in memory";
	}
	memcpy(&header, data, sizeof(header));
	for (i = 0; i < sizeof(header.signature); i++) {
		char c = header.signature[i];

		table->signature[i] = str_is_print(c) ? c : '?';
	}
	table->length = header.length;
	if (header.length < sizeof(header)) {
		return "its length is too small";
	}
	if (header.length > ACPI_MAX_TABLE_BYTES) {
		return "its length is too large";
	}
	data = map(p->src, table->phys, header.length);
	if (data == NULL) {
		return "it runs past the end of memory";
	}
	if (checksum8(data, header.length) != 0) {
		return "its checksum is wrong";
	}
	return NULL;
}

/* Enters the table in the list and returns it if it is sound, else NULL. */
static const struct acpi_table *load_table(struct parser *p, u64 phys)
{
	struct acpi_info *out = p->out;
	struct acpi_table *table = find_table(out, phys);
	const char *why;

	if (table != NULL) {
		return table->ok ? table : NULL;
	}
	if (out->table_count == ACPI_MAX_TABLES) {
		out->table_left_out++;
		return NULL;
	}
	table = &out->table[out->table_count++];
	table->phys = phys;
	why = check_table(p, table);
	if (why != NULL) {
		acpi_problem(out, "table %s at %lxh, %u bytes: %s; not used",
			     table->signature[0] != '\0' ? table->signature
							 : "?",
			     phys, table->length, why);
		return NULL;
	}
	table->ok = true;
	return table;
}

static const u8 *table_bytes(const struct parser *p,
			     const struct acpi_table *table)
{
	return map(p->src, table->phys, table->length);
}

/* The MADT and the FADT. */

static void read_madt(struct parser *p, const struct acpi_table *table)
{
	struct acpi_info *out = p->out;
	struct acpi_madt madt;

	if (out->madt_present) {
		acpi_problem(out, "second MADT at %lxh: ignored", table->phys);
		return;
	}
	if (table->length < sizeof(madt)) {
		acpi_problem(out, "MADT: length %u is too small; not used",
			     table->length);
		return;
	}
	memcpy(&madt, table_bytes(p, table), sizeof(madt));
	out->madt_present = true;
	out->lapic_address = madt.lapic_address;
	out->pcat_compat = (madt.flags & ACPI_MADT_PCAT_COMPAT) != 0;
	acpi_madt_read_entries(out, table_bytes(p, table), table->length);
}

static bool load_dsdt(struct parser *p, u64 phys)
{
	const struct acpi_table *table;

	if (phys == 0) {
		return false;
	}
	table = load_table(p, phys);
	if (table == NULL) {
		return false;
	}
	if (strcmp(table->signature, "DSDT") != 0) {
		acpi_problem(p->out, "table at %lxh is no DSDT but says %s",
			     phys, table->signature);
		return false;
	}
	p->out->dsdt_phys = phys;
	return true;
}

static void read_fadt(struct parser *p, const struct acpi_table *table)
{
	struct acpi_info *out = p->out;
	struct acpi_fadt fadt = { 0 };

	if (out->fadt_present) {
		acpi_problem(out, "second FADT at %lxh: ignored", table->phys);
		return;
	}
	if (table->length < offsetof(struct acpi_fadt, reset_reg)) {
		acpi_problem(out, "FADT: length %u is too small; not used",
			     table->length);
		return;
	}
	/* Fields that an older, shorter table does not have stay 0. */
	memcpy(&fadt, table_bytes(p, table), MIN(table->length, sizeof(fadt)));
	acpi_fadt_read(out, &fadt);
	if (!load_dsdt(p, fadt.x_dsdt)) {
		load_dsdt(p, fadt.dsdt);
	}
}

/* The first of them is as good as the others. */
static void read_hpet(struct parser *p, const struct acpi_table *table)
{
	struct acpi_hpet hpet;

	if (p->out->hpet_address != 0 || table->length < sizeof(hpet)) {
		return;
	}
	memcpy(&hpet, table_bytes(p, table), sizeof(hpet));
	if (hpet.base_address.space_id == ACPI_SPACE_MEMORY) {
		p->out->hpet_address = hpet.base_address.address;
	}
}

static void find_s5_in_all(struct parser *p, const char *signature)
{
	u32 i;

	for (i = 0; i < p->out->table_count && !p->out->s5_present; i++) {
		const struct acpi_table *table = &p->out->table[i];

		if (table->ok && strcmp(table->signature, signature) == 0) {
			acpi_aml_find_s5(p->out, table, table_bytes(p, table));
		}
	}
}

/* In an order of ours: what the SPCR names is the console's first. */
static void read_uarts(struct parser *p, const char *signature,
		       void (*read)(struct acpi_info *out, const u8 *bytes,
				    u32 length))
{
	for (u32 i = 0; i < p->out->table_count; i++) {
		const struct acpi_table *table = &p->out->table[i];

		if (table->ok && strcmp(table->signature, signature) == 0) {
			read(p->out, table_bytes(p, table), table->length);
		}
	}
}

/* The root pointer and its tables of tables. */

static void read_table(struct parser *p, u64 phys)
{
	const struct acpi_table *table;

	if (find_table(p->out, phys) != NULL) {
		return;
	}
	table = load_table(p, phys);
	if (table == NULL) {
		return;
	}
	if (strcmp(table->signature, "APIC") == 0) {
		read_madt(p, table);
	} else if (strcmp(table->signature, "FACP") == 0) {
		read_fadt(p, table);
	} else if (strcmp(table->signature, "HPET") == 0) {
		read_hpet(p, table);
	} else if (strcmp(table->signature, "MCFG") == 0) {
		acpi_mcfg_read(p->out, table_bytes(p, table), table->length);
	}
}

static bool read_root(struct parser *p, u64 phys, const char *signature,
		      u32 pointer_bytes)
{
	const struct acpi_table *table = load_table(p, phys);
	const u8 *data;
	u32 at;

	if (table == NULL) {
		return false;
	}
	if (strcmp(table->signature, signature) != 0) {
		acpi_problem(p->out,
			     "table at %lxh is no %s but says %s; not used",
			     phys, signature, table->signature);
		return false;
	}
	data = table_bytes(p, table);
	for (at = sizeof(struct acpi_header);
	     table->length - at >= pointer_bytes; at += pointer_bytes) {
		u64 pointer = 0;

		memcpy(&pointer, data + at, pointer_bytes);
		read_table(p, pointer);
	}
	if (at != table->length) {
		acpi_problem(p->out, "%s: %u bytes too many", signature,
			     table->length - at);
	}
	return true;
}

/* Whether the part that revision 2 added can be believed. */
static bool xsdt_usable(struct acpi_info *out, const struct acpi_rsdp *rsdp,
			const void *copy, size_t bytes)
{
	if (rsdp->revision < 2) {
		return false;
	}
	if (bytes < sizeof(*rsdp) || rsdp->length < sizeof(*rsdp) ||
	    rsdp->length > bytes) {
		acpi_problem(out, "RSDP: length %u of %zu bytes; XSDT not used",
			     rsdp->length, bytes);
		return false;
	}
	if (checksum8(copy, rsdp->length) != 0) {
		acpi_problem(out,
			     "RSDP: extended checksum is wrong; XSDT not used");
		return false;
	}
	return rsdp->xsdt_address != 0;
}

int acpi_parse(struct acpi_info *out, const struct acpi_source *src,
	       const void *rsdp_copy, size_t rsdp_bytes)
{
	struct parser p = { out, src };
	struct acpi_rsdp rsdp = { 0 };

	memset(out, 0, sizeof(*out));
	memcpy(&rsdp, rsdp_copy, MIN(rsdp_bytes, sizeof(rsdp)));
	if (rsdp_bytes < ACPI_RSDP_V1_BYTES ||
	    memcmp(rsdp.signature, ACPI_RSDP_SIGNATURE, 8) != 0 ||
	    checksum8(rsdp_copy, ACPI_RSDP_V1_BYTES) != 0) {
		acpi_problem(out, "RSDP: signature or checksum is wrong");
		return ERR_CORRUPT;
	}
	out->rsdp_revision = rsdp.revision;
	out->used_xsdt = xsdt_usable(out, &rsdp, rsdp_copy, rsdp_bytes) &&
			 read_root(&p, rsdp.xsdt_address, "XSDT", sizeof(u64));
	if (!out->used_xsdt &&
	    !read_root(&p, rsdp.rsdt_address, "RSDT", sizeof(u32))) {
		return ERR_CORRUPT;
	}
	read_uarts(&p, "SPCR", acpi_spcr_read);
	read_uarts(&p, "DBG2", acpi_dbg2_read);
	find_s5_in_all(&p, "DSDT");
	find_s5_in_all(&p, "SSDT");
	return (int)(out->problem_count + out->problem_left_out);
}
