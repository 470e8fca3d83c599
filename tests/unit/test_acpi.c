/*
 * The ACPI parser on a machine made of heap blocks: good tables field by
 * field, each kind of damage, and every truncation and every flipped byte of
 * every table (once with the checksum left wrong and once with it put right,
 * so that the damage gets past it). Each mapping is a copy of its exact size,
 * so that the address sanitizer sees the first byte read beyond it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "arch/acpi/acpi.h"
#include "lib/checksum.h"
#include "lib/error.h"

#define XSDT_PHYS 0x7fe0000ull
#define RSDT_PHYS 0x7fe1003ull /* at an odd address, as some BIOSes do it */
#define FADT_PHYS 0x7fe2000ull
#define MADT_PHYS 0x7fe3001ull
#define SSDT_PHYS 0x7fe4000ull
#define DSDT_PHYS 0x123456000ull

#define MAX_CHUNKS (ACPI_MAX_TABLES + 16)
#define MAX_MAPPINGS 4096

struct chunk {
	u64 phys;
	u8 *data;
	size_t bytes;
};

static struct chunk chunks[MAX_CHUNKS];
static u32 chunk_count;
static void *mappings[MAX_MAPPINGS];
static u32 mapping_count;
static struct acpi_info info;

static const void *map(void *ctx, u64 phys, size_t bytes)
{
	u32 i;

	assert_ptr_equal(ctx, &info);
	for (i = 0; i < chunk_count; i++) {
		const struct chunk *c = &chunks[i];
		void *copy;

		if (phys < c->phys || phys - c->phys > c->bytes ||
		    bytes > c->bytes - (phys - c->phys)) {
			continue;
		}
		assert_true(mapping_count < MAX_MAPPINGS);
		copy = malloc(bytes);
		assert_non_null(copy);
		memcpy(copy, c->data + (phys - c->phys), bytes);
		mappings[mapping_count++] = copy;
		return copy;
	}
	return NULL;
}

static const struct acpi_source source = { map, &info };

static void unmap_all(void)
{
	while (mapping_count > 0) {
		free(mappings[--mapping_count]);
	}
}

static u8 *add_chunk(u64 phys, size_t bytes)
{
	struct chunk *c = &chunks[chunk_count++];

	assert_true(chunk_count <= MAX_CHUNKS);
	c->phys = phys;
	c->bytes = bytes;
	c->data = calloc(1, bytes);
	assert_non_null(c->data);
	return c->data;
}

static int teardown(void **state)
{
	(void)state;
	unmap_all();
	while (chunk_count > 0) {
		free(chunks[--chunk_count].data);
	}
	return 0;
}

static struct chunk *chunk_at(u64 phys)
{
	u32 i;

	for (i = 0; i < chunk_count; i++) {
		if (chunks[i].phys == phys) {
			return &chunks[i];
		}
	}
	fail_msg("no table at %lx", phys);
	return NULL;
}

static void fix_checksum(u8 *table, size_t bytes)
{
	if (bytes > 9) {
		table[9] = (u8)(table[9] - checksum8(table, bytes));
	}
}

/* The header is made here; body is what comes after its 36 bytes. */
static u8 *add_table(u64 phys, const char *signature, const void *body,
		     size_t bytes)
{
	u8 *table = add_chunk(phys, 36 + bytes);
	u32 length = (u32)(36 + bytes);

	memcpy(table, signature, 4);
	memcpy(table + 4, &length, 4);
	memcpy(table + 10, "BXPC  TESTTABL", 14);
	if (bytes != 0) {
		memcpy(table + 36, body, bytes);
	}
	fix_checksum(table, length);
	return table;
}

/* clang-format off */
static const u8 madt_body[] = {
	0, 0, 0xe0, 0xfe, 1, 0, 0, 0,			/* PCAT_COMPAT */
	0, 8, 10, 0, 1, 0, 0, 0,			/* APIC 0 */
	0, 8, 11, 1, 1, 0, 0, 0,			/* APIC 1 */
	0, 8, 12, 1, 1, 0, 0, 0,			/* the same again */
	0, 8, 13, 2, 0, 0, 0, 0,			/* disabled */
	0, 8, 14, 3, 2, 0, 0, 0,			/* online capable */
	0, 8, 15, 255, 1, 0, 0, 0,			/* empty socket */
	1, 12, 7, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0,	/* I/O APIC 7 */
	1, 12, 8, 0, 0, 0x10, 0xc0, 0xfe, 24, 0, 0, 0,	/* I/O APIC 8 */
	2, 10, 0, 0, 2, 0, 0, 0, 0, 0,			/* IRQ 0: GSI 2 */
	2, 10, 0, 9, 9, 0, 0, 0, 0x0f, 0,		/* IRQ 9: low, level */
	3, 8, 5, 0, 23, 0, 0, 0,			/* NMI at GSI 23 */
	4, 6, 255, 5, 0, 1,				/* LINT1 of all */
	0x80, 5, 1, 2, 3,				/* a vendor's own */
	9, 16, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 77, 0, 0, 0, /* x2APIC 100h */
	9, 16, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 11, 0, 0, 0, /* APIC 1 again */
	9, 16, 0, 0, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0,
	10, 12, 1, 0, 77, 0, 0, 0, 0, 0, 0, 0,		/* LINT0 of UID 77 */
	5, 12, 0, 0, 0, 0, 0xe0, 0xfe, 4, 0, 0, 0,	/* 4FEE00000h */
};

/* Uses of the name, then Name (\_S5, Package () { 5, 1, 0, 0 }). */
static const u8 dsdt_body[] = {
	0x10, 0x05, '_', 'S', '5', '_', 0x70, '_', 'S', '5', '_', 0x60,
	0x08, 0x5c, '_', 'S', '5', '_',
	0x12, 0x07, 0x04, 0x0a, 0x05, 0x01, 0x00, 0x00,
	0x14, 0x06,
};
/* clang-format on */

static void add_fadt(size_t length, bool extended)
{
	struct acpi_fadt f = { 0 };

	f.dsdt = 0x1000;
	f.smi_cmd = 0xb2;
	f.acpi_enable = 0xf1;
	f.acpi_disable = 0xf0;
	f.pm1a_cnt_blk = 0xb004;
	f.pm_tmr_blk = 0xb008;
	f.pm_tmr_len = 4;
	if (extended) {
		f.flags =
			(u32)(ACPI_FADT_RESET_REG_SUP | ACPI_FADT_TMR_VAL_EXT);
		f.reset_reg = (struct acpi_gas){ 1, 8, 0, 1, 0xcf9 };
		f.reset_value = 6;
		f.x_dsdt = DSDT_PHYS;
		f.x_pm1a_cnt_blk = (struct acpi_gas){ 1, 16, 0, 2, 0x604 };
		f.x_pm1b_cnt_blk = (struct acpi_gas){ 1, 16, 0, 2, 0x704 };
		f.x_pm_tmr_blk = (struct acpi_gas){ 1, 32, 0, 3, 0x608 };
	}
	add_table(FADT_PHYS, "FACP", (u8 *)&f + 36, length - 36);
}

static void add_root(const char *signature, const u64 *pointers, size_t count)
{
	u8 body[8 * MAX_CHUNKS];
	bool wide = signature[0] == 'X';
	size_t i;

	for (i = 0; i < count; i++) {
		memcpy(body + i * (wide ? 8 : 4), &pointers[i], wide ? 8 : 4);
	}
	add_table(wide ? XSDT_PHYS : RSDT_PHYS, signature, body,
		  count * (wide ? 8 : 4));
}

static struct acpi_rsdp make_rsdp(u8 revision)
{
	struct acpi_rsdp rsdp = { 0 };

	memcpy(rsdp.signature, ACPI_RSDP_SIGNATURE, 8);
	rsdp.revision = revision;
	rsdp.rsdt_address = RSDT_PHYS;
	rsdp.length = 36;
	rsdp.xsdt_address = XSDT_PHYS;
	rsdp.checksum = (u8)-checksum8(&rsdp, 20);
	rsdp.extended_checksum = (u8)-checksum8(&rsdp, 36);
	return rsdp;
}

static void build(void)
{
	static const u64 tables[] = { FADT_PHYS, MADT_PHYS, SSDT_PHYS };

	add_root("XSDT", tables, 3);
	add_root("RSDT", tables, 3);
	add_fadt(sizeof(struct acpi_fadt), true);
	add_table(MADT_PHYS, "APIC", madt_body, sizeof(madt_body));
	add_table(SSDT_PHYS, "SSDT", "", 1);
	add_table(DSDT_PHYS, "DSDT", dsdt_body, sizeof(dsdt_body));
}

static void check_sane(int rc)
{
	u32 i;

	assert_true(rc >= 0 || rc == ERR_CORRUPT);
	assert_true(info.problem_count <= ACPI_MAX_PROBLEMS);
	assert_int_equal(rc >= 0 ? rc : 1,
			 rc >= 0 ? info.problem_count + info.problem_left_out
				 : info.problem_count > 0);
	for (i = 0; i < info.problem_count; i++) {
		assert_non_null(memchr(info.problem[i], 0, ACPI_PROBLEM_BYTES));
		assert_true(strlen(info.problem[i]) > 10);
	}
	assert_true(info.table_count <= ACPI_MAX_TABLES);
	for (i = 0; i < info.table_count; i++) {
		assert_true(strlen(info.table[i].signature) <= 4);
	}
	assert_true(info.cpu_count <= ACPI_MAX_CPUS);
	assert_true(info.ioapic_count <= ACPI_MAX_IOAPICS);
	assert_true(info.override_count <= ACPI_MAX_OVERRIDES);
	assert_true(info.nmi_source_count <= ACPI_MAX_NMI_SOURCES);
	assert_true(info.lapic_nmi_count <= ACPI_MAX_LAPIC_NMIS);
	assert_true(info.s5_type_a <= 7 && info.s5_type_b <= 7);
	assert_true(info.madt_present || info.cpu_count == 0);
}

static int parse_bytes(const void *rsdp, size_t bytes)
{
	u8 *copy = malloc(bytes + 1);
	int rc;

	memset(&info, 0xcc, sizeof(info));
	memcpy(copy + 1, rsdp, bytes);
	rc = acpi_parse(&info, &source, copy + 1, bytes);
	free(copy);
	unmap_all();
	check_sane(rc);
	return rc;
}

static int parse(u8 revision)
{
	struct acpi_rsdp rsdp = make_rsdp(revision);

	return parse_bytes(&rsdp, revision >= 2 ? 36 : 20);
}

static bool has_problem(const char *text)
{
	u32 i;

	for (i = 0; i < info.problem_count; i++) {
		if (strstr(info.problem[i], text) != NULL) {
			return true;
		}
	}
	return false;
}

static void check_madt(void)
{
	assert_true(info.madt_present);
	assert_true(info.pcat_compat);
	assert_int_equal(info.lapic_address, 0x4fee00000);
	assert_int_equal(info.cpu_count, 3);
	assert_int_equal(info.cpu[0].apic_id, 0);
	assert_int_equal(info.cpu[1].apic_id, 1);
	assert_int_equal(info.cpu[1].acpi_uid, 11);
	assert_int_equal(info.cpu[2].apic_id, 0x100);
	assert_int_equal(info.cpu[2].acpi_uid, 77);
	assert_int_equal(info.cpu_disabled, 3);
	assert_int_equal(info.cpu_online_capable, 1);
	assert_int_equal(info.ioapic_count, 2);
	assert_int_equal(info.ioapic[1].id, 8);
	assert_int_equal(info.ioapic[1].address, 0xfec01000);
	assert_int_equal(info.ioapic[1].gsi_base, 24);
	assert_int_equal(info.override_count, 2);
	assert_int_equal(info.override[0].gsi, 2);
	assert_int_equal(info.override[1].source, 9);
	assert_int_equal(info.override[1].flags,
			 ACPI_MADT_POLARITY_LOW | ACPI_MADT_TRIGGER_LEVEL);
	assert_int_equal(info.nmi_source_count, 1);
	assert_int_equal(info.nmi_source[0].gsi, 23);
	assert_int_equal(info.lapic_nmi_count, 2);
	assert_int_equal(info.lapic_nmi[0].acpi_uid, ACPI_ALL_CPUS);
	assert_int_equal(info.lapic_nmi[0].flags, 5);
	assert_int_equal(info.lapic_nmi[0].lint, 1);
	assert_int_equal(info.lapic_nmi[1].acpi_uid, 77);
}

static void check_fadt(void)
{
	assert_true(info.fadt_present);
	assert_int_equal(info.pm_timer_port, 0x608);
	assert_true(info.pm_timer_32bit);
	assert_int_equal(info.pm1a_control_port, 0x604);
	assert_int_equal(info.pm1b_control_port, 0x704);
	assert_int_equal(info.smi_command_port, 0xb2);
	assert_int_equal(info.acpi_enable, 0xf1);
	assert_int_equal(info.acpi_disable, 0xf0);
	assert_true(info.reset_supported);
	assert_int_equal(info.reset_reg.address, 0xcf9);
	assert_int_equal(info.reset_value, 6);
	assert_int_equal(info.dsdt_phys, DSDT_PHYS);
	assert_true(info.s5_present);
	assert_int_equal(info.s5_type_a, 5);
	assert_int_equal(info.s5_type_b, 1);
}

static void test_good_tables(void **state)
{
	u8 revision;
	u32 i;

	(void)state;
	build();
	for (revision = 0; revision <= 2; revision += 2) {
		assert_int_equal(parse(revision), 0);
		assert_int_equal(info.rsdp_revision, revision);
		assert_int_equal(info.used_xsdt, revision == 2);
		check_madt();
		check_fadt();
		assert_int_equal(info.table_count, 5);
		for (i = 0; i < 5; i++) {
			assert_true(info.table[i].ok);
		}
		assert_string_equal(info.table[3].signature, "APIC");
		assert_int_equal(info.table[3].phys, MADT_PHYS);
		assert_int_equal(info.table[3].length, 36 + sizeof(madt_body));
	}
}

static void test_old_fadt(void **state)
{
	static const u64 tables[] = { FADT_PHYS };

	(void)state;
	add_root("RSDT", tables, 1);
	add_fadt(116, false);
	add_table(0x1000, "DSDT", dsdt_body, sizeof(dsdt_body));
	assert_int_equal(parse(0), 0);
	assert_int_equal(info.pm_timer_port, 0xb008);
	assert_false(info.pm_timer_32bit);
	assert_int_equal(info.pm1a_control_port, 0xb004);
	assert_int_equal(info.pm1b_control_port, 0);
	assert_false(info.reset_supported);
	assert_int_equal(info.dsdt_phys, 0x1000);
	assert_true(info.s5_present);
	assert_false(info.madt_present);
	chunk_at(FADT_PHYS)->data[4]--;
	chunk_at(FADT_PHYS)->data[9]++;
	assert_int_equal(parse(0), 1);
	assert_true(has_problem("FADT: length 115 is too small"));
	assert_false(info.fadt_present);
}

static void test_fadt_ports(void **state)
{
	static const struct {
		u8 space_id;
		u64 extended;
		u32 old;
		u16 port;
		int problems;
	} cases[] = {
		{ 1, 0x608, 0xb008, 0x608, 0 },
		{ 1, 0, 0xb008, 0xb008, 0 },
		{ 0, 0, 0, 0, 0 },
		{ 0, 0xfed00000, 0xb008, 0xb008, 1 },
		{ 1, 0xfffd, 0xb008, 0xb008, 1 },
		{ 1, 0xfffc, 0xb008, 0xfffc, 0 },
		{ 1, 0x100000608, 0, 0, 1 },
		{ 1, 0, 0xfffc, 0xfffc, 0 },
		{ 1, 0, 0xfffd, 0, 1 },
		{ 1, 0, 0x1b008, 0, 1 },
	};
	struct acpi_fadt fadt;
	size_t i;

	(void)state;
	build();
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *table = chunk_at(FADT_PHYS)->data;

		memcpy(&fadt, table, sizeof(fadt));
		fadt.x_pm_tmr_blk.space_id = cases[i].space_id;
		fadt.x_pm_tmr_blk.address = cases[i].extended;
		fadt.pm_tmr_blk = cases[i].old;
		memcpy(table, &fadt, sizeof(fadt));
		fix_checksum(table, sizeof(fadt));
		assert_int_equal(parse(2), cases[i].problems);
		assert_int_equal(info.pm_timer_port, cases[i].port);
	}
}

static void test_reset_register(void **state)
{
	static const struct {
		u32 flags;
		u8 space_id;
		u64 address;
		bool supported;
		int problems;
	} cases[] = {
		{ ACPI_FADT_RESET_REG_SUP, ACPI_SPACE_IO, 0xcf9, true, 0 },
		{ ACPI_FADT_RESET_REG_SUP, ACPI_SPACE_MEMORY, 1, true, 0 },
		{ ACPI_FADT_RESET_REG_SUP, ACPI_SPACE_PCI_CONFIG, 1, true, 0 },
		{ ACPI_FADT_RESET_REG_SUP, 3, 1, false, 1 },
		{ ACPI_FADT_RESET_REG_SUP, ACPI_SPACE_IO, 0, false, 0 },
		{ 0, ACPI_SPACE_IO, 0xcf9, false, 0 },
	};
	struct acpi_fadt fadt;
	size_t i;

	(void)state;
	build();
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *table = chunk_at(FADT_PHYS)->data;

		memcpy(&fadt, table, sizeof(fadt));
		fadt.flags = cases[i].flags;
		fadt.reset_reg.space_id = cases[i].space_id;
		fadt.reset_reg.address = cases[i].address;
		memcpy(table, &fadt, sizeof(fadt));
		fix_checksum(table, sizeof(fadt));
		assert_int_equal(parse(2), cases[i].problems);
		assert_int_equal(info.reset_supported, cases[i].supported);
	}
}

static void test_rsdp_damage(void **state)
{
	struct acpi_rsdp rsdp = make_rsdp(2);
	size_t i;

	(void)state;
	build();
	for (i = 0; i < 36; i++) {
		u8 *byte = (u8 *)&rsdp + i;

		*byte ^= 0x10;
		if (i < 20) {
			assert_int_equal(parse_bytes(&rsdp, 36), ERR_CORRUPT);
		} else {
			/* The old half is good: the RSDT it is. */
			assert_int_equal(parse_bytes(&rsdp, 36), 1);
			assert_false(info.used_xsdt);
			check_madt();
		}
		*byte ^= 0x10;
	}
	for (i = 0; i < 36; i++) {
		assert_int_equal(parse_bytes(&rsdp, i),
				 i < 20 ? ERR_CORRUPT : 1);
		assert_false(info.used_xsdt);
	}
	assert_int_equal(parse_bytes(&rsdp, 36), 0);
	/* A length that cannot be, though the sums are right. */
	rsdp.length = 35;
	rsdp.extended_checksum++;
	assert_int_equal(parse_bytes(&rsdp, 36), 1);
	assert_true(has_problem("RSDP: length 35 of 36 bytes"));
}

static void test_bad_roots(void **state)
{
	(void)state;
	build();
	chunk_at(XSDT_PHYS)->data[20]++;
	assert_int_equal(parse(2), 1);
	assert_false(info.used_xsdt);
	assert_true(has_problem("table XSDT at 7fe0000h, 60 bytes: its "
				"checksum is wrong; not used"));
	check_madt();
	check_fadt();
	chunk_at(RSDT_PHYS)->data[0] = 'Q';
	fix_checksum(chunk_at(RSDT_PHYS)->data, 36 + 12);
	assert_int_equal(parse(2), ERR_CORRUPT);
	assert_true(has_problem("is no RSDT but says QSDT"));
	assert_int_equal(parse(0), ERR_CORRUPT);
	chunk_at(RSDT_PHYS)->phys++;
	assert_int_equal(parse(0), ERR_CORRUPT);
	assert_true(has_problem("its header is not in memory"));
	teardown(NULL);
	add_table(XSDT_PHYS, "XSDT", "1234", 4);
	assert_int_equal(parse(2), 1);
	assert_true(has_problem("XSDT: 4 bytes too many"));
}

static void test_table_lengths(void **state)
{
	static const struct {
		u32 length;
		const char *problem;
	} cases[] = {
		{ 0, "its length is too small" },
		{ 35, "its length is too small" },
		{ 36 + sizeof(madt_body) + 1, "it runs past the end" },
		{ 16 * 1024 * 1024, "it runs past the end" },
		{ 16 * 1024 * 1024 + 1, "its length is too large" },
		{ 0xffffffff, "its length is too large" },
	};
	size_t i;

	(void)state;
	build();
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memcpy(chunk_at(MADT_PHYS)->data + 4, &cases[i].length, 4);
		assert_int_equal(parse(2), 1);
		assert_true(has_problem(cases[i].problem));
		assert_false(info.madt_present);
		assert_false(info.table[3].ok);
		check_fadt();
	}
}

static void test_madt_damage(void **state)
{
	static const struct {
		u8 entry[8];
		u32 cpus; /* an entry of one good processor follows */
		const char *problem;
	} cases[] = {
		{ { 0, 0 }, 0, "MADT: type 0 at 2ch: length 0; rest lost" },
		{ { 0, 1 }, 0, "length 1; rest lost" },
		{ { 0x77, 17 }, 0, "length 17; rest lost" },
		{ { 0, 7, 0, 0, 0, 0, 0, 0x77 }, 0, "length 7; ignored" },
		{ { 9, 8 }, 1, "type 9 at 2ch: length 8; ignored" },
		{ { 1, 8 }, 1, "type 1 at 2ch: length 8; ignored" },
		{ { 5, 8 }, 1, "type 5 at 2ch: length 8; ignored" },
	};
	static const u8 good[8] = { 0, 8, 0, 4, 1, 0, 0, 0 };
	u8 body[8 + 8 + 8];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		static const u64 tables[] = { MADT_PHYS };

		memset(body, 0, sizeof(body));
		memcpy(body + 8, cases[i].entry, 8);
		memcpy(body + 16, good, 8);
		add_root("RSDT", tables, 1);
		add_table(MADT_PHYS, "APIC", body, sizeof(body));
		assert_true(parse(0) >= 1);
		assert_true(has_problem(cases[i].problem));
		assert_int_equal(info.cpu_count, cases[i].cpus);
		teardown(NULL);
	}
}

/* The shortest MADT, and what may stand at its very end. */
static void test_madt_end(void **state)
{
	static const u64 tables[] = { MADT_PHYS };
	static const u8 body[11] = { [4] = 1, [8] = 0x80, 2, 0 };
	size_t bytes;

	(void)state;
	for (bytes = 7; bytes <= sizeof(body); bytes++) {
		add_root("RSDT", tables, 1);
		add_table(MADT_PHYS, "APIC", body, bytes);
		assert_int_equal(parse(0), bytes % 2);
		assert_int_equal(info.madt_present, bytes >= 8);
		assert_int_equal(info.pcat_compat, bytes >= 8);
		teardown(NULL);
	}
}

static void test_more_than_fits(void **state)
{
	static const u64 tables[] = { MADT_PHYS, MADT_PHYS };
	static u8 body[8 + 300 * (16 + 12 + 10 + 8 + 6)];
	size_t at = 8;
	u32 i;

	(void)state;
	memset(body, 0, sizeof(body));
	for (i = 0; i < 300; i++) {
		static const u8 sizes[][2] = {
			{ 9, 16 }, { 1, 12 }, { 2, 10 }, { 3, 8 }, { 4, 6 },
		};
		size_t k;

		for (k = 0; k < ARRAY_SIZE(sizes); k++) {
			body[at] = sizes[k][0];
			body[at + 1] = sizes[k][1];
			if (k == 0) {
				memcpy(body + at + 4, &i, 4);
				body[at + 8] = 1;
			}
			at += sizes[k][1];
		}
	}
	add_root("RSDT", tables, 2);
	add_table(MADT_PHYS, "APIC", body, sizeof(body));
	assert_int_equal(parse(0), 0);
	assert_int_equal(info.cpu_count, ACPI_MAX_CPUS);
	assert_int_equal(info.cpu_left_out, 300 - ACPI_MAX_CPUS);
	assert_int_equal(info.ioapic_left_out, 300 - ACPI_MAX_IOAPICS);
	assert_int_equal(info.override_left_out, 300 - ACPI_MAX_OVERRIDES);
	assert_int_equal(info.nmi_source_left_out, 300 - ACPI_MAX_NMI_SOURCES);
	assert_int_equal(info.lapic_nmi_left_out, 300 - ACPI_MAX_LAPIC_NMIS);
	/* The pointer given twice is one table. */
	assert_int_equal(info.table_count, 2);
}

static void test_too_many_problems(void **state)
{
	u64 tables[20];
	u32 i;

	(void)state;
	for (i = 0; i < 20; i++) {
		tables[i] = 0x100000 + i;
	}
	add_root("XSDT", tables, 20);
	assert_int_equal(parse(2), 20);
	assert_int_equal(info.problem_count, ACPI_MAX_PROBLEMS);
	assert_int_equal(info.problem_left_out, 4);
}

static void test_too_many_tables(void **state)
{
	u64 tables[ACPI_MAX_TABLES + 6];
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		tables[i] = 0x100000 + i * 0x1000;
		add_table(tables[i], "SSDT", "", i % 2);
	}
	add_root("XSDT", tables, ARRAY_SIZE(tables));
	assert_int_equal(parse(2), 0);
	assert_int_equal(info.table_count, ACPI_MAX_TABLES);
	assert_int_equal(info.table_left_out, 7);
}

static void test_second_tables_are_ignored(void **state)
{
	static const u64 tables[] = { MADT_PHYS, 0x2000, FADT_PHYS, 0x3000, 0 };

	(void)state;
	build();
	teardown(NULL);
	add_root("RSDT", tables, 5);
	add_fadt(sizeof(struct acpi_fadt), true);
	add_table(MADT_PHYS, "APIC", madt_body, sizeof(madt_body));
	add_table(DSDT_PHYS, "DSDT", dsdt_body, sizeof(dsdt_body));
	add_table(0x2000, "APIC", madt_body, 8);
	add_table(0x3000, "FACP", "", 1);
	assert_int_equal(parse(0), 3);
	assert_true(has_problem("second MADT at 2000h"));
	assert_true(has_problem("second FADT at 3000h"));
	assert_true(has_problem("at 0h"));
	check_madt();
	check_fadt();
}

static void test_dsdt_choice(void **state)
{
	(void)state;
	build();
	add_table(0x1000, "DSDT", dsdt_body, sizeof(dsdt_body));
	chunk_at(DSDT_PHYS)->data[36]++;
	assert_int_equal(parse(2), 1);
	assert_int_equal(info.dsdt_phys, 0x1000);
	assert_true(info.s5_present);
	chunk_at(DSDT_PHYS)->data[0]++;
	fix_checksum(chunk_at(DSDT_PHYS)->data, 36 + sizeof(dsdt_body));
	assert_int_equal(parse(2), 1);
	assert_true(has_problem("is no DSDT but says ESDT"));
	assert_int_equal(info.dsdt_phys, 0x1000);
	chunk_at(0x1000)->data[0] = 'X';
	fix_checksum(chunk_at(0x1000)->data, 36 + sizeof(dsdt_body));
	assert_int_equal(parse(2), 2);
	assert_true(has_problem("is no DSDT but says XSDT"));
	assert_int_equal(info.dsdt_phys, 0);
	assert_false(info.s5_present);
}

/* The bytes that follow the name _S5_, and what they mean. */
static void test_s5_encodings(void **state)
{
	static const struct {
		u8 bytes[20];
		u32 count;
		int a; /* -1: refused */
		int b;
	} cases[] = {
		{ { 0x12, 6, 4, 0, 0, 0, 0 }, 7, 0, 0 },
		{ { 0x12, 4, 2, 1, 0 }, 5, 1, 0 },
		{ { 0x12, 6, 2, 10, 7, 10, 7 }, 7, 7, 7 },
		{ { 0x12, 8, 2, 11, 5, 0, 11, 6, 0 }, 9, 5, 6 },
		{ { 0x12, 12, 2, 12, 5, 0, 0, 0, 12, 6, 0, 0, 0 }, 13, 5, 6 },
		{ { 0x12, 18, 2, 10, 5, 1 }, 19, 5, 1 },
		{ { 0x12, 0x47, 0, 4, 10, 5, 1, 0, 0 }, 9, 5, 1 },
		{ { 0x12, 0x88, 0, 0, 4, 10, 5, 1, 0 }, 9, 5, 1 },
		{ { 0x12, 0xc9, 0, 0, 0, 4, 10, 5, 1, 0 }, 10, 5, 1 },
		{ { 0x12, 5, 1, 11, 5, 6 }, 6, 5, 6 }, /* both in one */
		{ { 0x12, 3, 1, 1 }, 4, 1, 0 },
		{ { 0x12, 6, 2, 10, 8, 10, 7 }, 7, -1, 0 }, /* over 7 */
		{ { 0x12, 6, 2, 10, 7, 10, 8 }, 7, -1, 0 },
		{ { 0x12, 4, 2, 0xff, 0 }, 5, -1, 0 },	/* Ones */
		{ { 0x12, 4, 0, 1, 0 }, 5, -1, 0 },	/* empty */
		{ { 0x12, 3, 2, 1, 0 }, 5, -1, 0 },	/* ends before b */
		{ { 0x12, 4, 2, 1, 10, 5 }, 6, -1, 0 }, /* in b's prefix */
		{ { 0x12, 1, 2, 1, 0 }, 5, -1, 0 },	/* before its count */
		{ { 0x12, 0, 2, 1, 0 }, 5, -1, 0 },
		{ { 0x12, 5, 2, 1, 0 }, 5, -1, 0 }, /* past the table */
		{ { 0x12, 0x44, 1, 2, 1, 0 }, 6, -1, 0 },
		{ { 0x12, 0xc9 }, 2, -1, 0 },
		{ { 0x12, 0x81, 0 }, 3, -1, 0 },
		{ { 0x12, 0xc1, 1, 1 }, 4, -1, 0 },
		{ { 0x12, 5, 1, 1 }, 4, -1, 0 },
		{ { 0x12 }, 1, -1, 0 },
		{ { 0x13, 4, 2, 1, 0 }, 5, -1, 0 }, /* no package */
		{ { 0 }, 0, -1, 0 },
	};
	static const u64 tables[] = { SSDT_PHYS };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 body[32] = { 0x08, '_', 'S', '5', '_' };
		bool found = cases[i].a >= 0;

		memcpy(body + 5, cases[i].bytes, cases[i].count);
		add_root("RSDT", tables, 1);
		add_table(SSDT_PHYS, "SSDT", body, 5 + cases[i].count);
		assert_int_equal(parse(0), found ? 0 : 1);
		if (info.s5_present != found ||
		    (found && (info.s5_type_a != cases[i].a ||
			       info.s5_type_b != cases[i].b))) {
			fail_msg("case %zu: %d %u %u", i, info.s5_present,
				 info.s5_type_a, info.s5_type_b);
		}
		teardown(NULL);
	}
}

static void test_find_rsdp(void **state)
{
	static const struct {
		u16 segment;
		u64 at;
		bool found;
	} cases[] = {
		{ 0x9fc0, 0x9fc00, true },  { 0x9fc0, 0x9ffe0, true },
		{ 0x9fc0, 0x9fff0, false }, { 0x9fc0, 0x9fc08, false },
		{ 0x9f80, 0x9fc00, false }, { 0x9fe0, 0x9fe10, true },
		{ 0x9fff, 0x9fc00, false }, { 0xffff, 0x9fc00, false },
		{ 0xa000, 0xa0000, false }, { 0xb000, 0xb0000, false },
		{ 0x9fe0, 0xa0000, false }, { 0x20, 0x200, false },
		{ 0, 0xe0000, true },	    { 0, 0xfa060, true },
		{ 0, 0xfffe0, true },	    { 0, 0xffff0, false },
		{ 0, 0xdfff0, false },	    { 0x9fc0, 0xfa060, true },
	};
	struct acpi_rsdp rsdp = make_rsdp(0);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 *memory = add_chunk(0, MIB);
		u64 found = 0;

		memcpy(memory + 0x40e, &cases[i].segment, 2);
		memcpy(memory + cases[i].at, &rsdp, MIN(20, MIB - cases[i].at));
		if (acpi_find_rsdp(&source, &found) !=
			    (cases[i].found ? 0 : ERR_NOT_FOUND) ||
		    found != (cases[i].found ? cases[i].at : 0)) {
			fail_msg("case %zu: %lx", i, found);
		}
		memory[cases[i].at + 8]++;
		assert_int_equal(acpi_find_rsdp(&source, &found),
				 ERR_NOT_FOUND);
		teardown(NULL);
	}
	/* Nothing at all can be mapped. */
	assert_int_equal(acpi_find_rsdp(&source, &(u64){ 0 }), ERR_NOT_FOUND);
}

static void test_every_truncation(void **state)
{
	u32 length;
	u32 i;

	(void)state;
	build();
	for (i = 0; i < chunk_count; i++) {
		struct chunk *c = &chunks[i];
		size_t whole = c->bytes;
		u8 header[10];

		memcpy(header, c->data, 10);
		for (c->bytes = 0; c->bytes < whole; c->bytes++) {
			/* Once as memory that ends, ... */
			assert_int_not_equal(parse(c->phys == RSDT_PHYS ? 0
									: 2),
					     0);
			/* ... once as a shorter table with a good checksum. */
			length = (u32)c->bytes;
			memcpy(c->data + 4, &length, 4);
			fix_checksum(c->data, c->bytes);
			parse(0);
			parse(2);
			memcpy(c->data, header, 10);
		}
	}
	assert_int_equal(parse(2), 0);
}

static void test_every_flipped_byte(void **state)
{
	static const u8 masks[] = { 0x01, 0x02, 0x08, 0x40, 0x80, 0xff };
	size_t at;
	size_t k;
	u32 i;

	(void)state;
	build();
	for (i = 0; i < chunk_count; i++) {
		struct chunk *c = &chunks[i];
		u8 checksum = c->data[9];

		for (at = 0; at < c->bytes; at++) {
			for (k = 0; k < ARRAY_SIZE(masks); k++) {
				c->data[at] ^= masks[k];
				assert_int_not_equal(
					parse(c->phys == RSDT_PHYS ? 0 : 2), 0);
				if (at != 9) {
					fix_checksum(c->data, c->bytes);
					parse(0);
					parse(2);
					c->data[9] = checksum;
				}
				c->data[at] ^= masks[k];
			}
		}
	}
	assert_int_equal(parse(2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_good_tables, teardown),
		cmocka_unit_test_teardown(test_old_fadt, teardown),
		cmocka_unit_test_teardown(test_fadt_ports, teardown),
		cmocka_unit_test_teardown(test_reset_register, teardown),
		cmocka_unit_test_teardown(test_rsdp_damage, teardown),
		cmocka_unit_test_teardown(test_bad_roots, teardown),
		cmocka_unit_test_teardown(test_table_lengths, teardown),
		cmocka_unit_test_teardown(test_madt_damage, teardown),
		cmocka_unit_test_teardown(test_madt_end, teardown),
		cmocka_unit_test_teardown(test_more_than_fits, teardown),
		cmocka_unit_test_teardown(test_too_many_problems, teardown),
		cmocka_unit_test_teardown(test_too_many_tables, teardown),
		cmocka_unit_test_teardown(test_second_tables_are_ignored,
					  teardown),
		cmocka_unit_test_teardown(test_dsdt_choice, teardown),
		cmocka_unit_test_teardown(test_s5_encodings, teardown),
		cmocka_unit_test_teardown(test_find_rsdp, teardown),
		cmocka_unit_test_teardown(test_every_truncation, teardown),
		cmocka_unit_test_teardown(test_every_flipped_byte, teardown),
	};

	return cmocka_run_group_tests_name("acpi", tests, NULL, NULL);
}
