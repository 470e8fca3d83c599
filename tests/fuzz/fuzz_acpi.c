/*
 * The folder arch/acpi: any bytes for the firmware's memory at E0000h. The
 * first byte of the input says whether checksums are put right, without which
 * hardly a table would be read.
 */
#include "arch/acpi/acpi.h"
#include "lib/checksum.h"
#include "tests/fuzz/fuzz.h"

#define BASE 0xe0000ull
#define AREA_BYTES 0x20000u
#define MAPPINGS 4096

static struct {
	const u8 *data;
	size_t bytes;
	bool repair;
	void *mapping[MAPPINGS];
	u32 mappings;
} memory;

static void repair(u8 *table, size_t bytes)
{
	u32 length;

	if (bytes >= sizeof(struct acpi_header)) {
		memcpy(&length, table + 4, sizeof(length));
		if (length == bytes) {
			table[9] -= checksum8(table, bytes);
		}
	}
}

/*
 * Each mapping is a block of its own and of its exact size, so that the
 * sanitizer guards its end. The area a BIOS is searched in is all there.
 */
static const void *map(void *ctx, u64 phys, size_t bytes)
{
	bool area = phys == BASE && bytes == AREA_BYTES;
	size_t copied = area ? MIN(bytes, memory.bytes) : bytes;
	u8 *copy;

	CHECK(ctx == &memory);
	if (!area && (phys < BASE || phys - BASE > memory.bytes ||
		      bytes > memory.bytes - (phys - BASE))) {
		return NULL;
	}
	CHECK(memory.mappings < MAPPINGS);
	copy = calloc(1, bytes == 0 ? 1 : bytes);
	CHECK(copy != NULL);
	memory.mapping[memory.mappings++] = copy;
	memcpy(copy, memory.data + (phys - BASE), copied);
	if (memory.repair && !area) {
		repair(copy, bytes);
	}
	return copy;
}

static void unmap_all(void)
{
	while (memory.mappings > 0) {
		free(memory.mapping[--memory.mappings]);
	}
}

static void check_tables(const struct acpi_info *info,
			 const struct acpi_source *source)
{
	for (u32 i = 0; i < info->table_count; i++) {
		const struct acpi_table *table = &info->table[i];
		const u8 *bytes;

		CHECK(fuzz_is_line(table->signature, sizeof(table->signature)));
		for (u32 j = 0; j < i; j++) {
			CHECK(info->table[j].phys != table->phys);
		}
		if (table->ok) {
			bytes = source->map(source->ctx, table->phys,
					    table->length);
			CHECK(bytes != NULL);
			CHECK(checksum8(bytes, table->length) == 0);
		}
	}
}

static void check(const struct acpi_info *info, int result)
{
	CHECK(result == ERR_CORRUPT ||
	      result == (int)(info->problem_count + info->problem_left_out));
	CHECK(result != ERR_CORRUPT || info->problem_count > 0);
	CHECK(info->table_count <= ACPI_MAX_TABLES);
	CHECK(info->cpu_count <= ACPI_MAX_CPUS);
	CHECK(info->ioapic_count <= ACPI_MAX_IOAPICS);
	CHECK(info->override_count <= ACPI_MAX_OVERRIDES);
	CHECK(info->nmi_source_count <= ACPI_MAX_NMI_SOURCES);
	CHECK(info->lapic_nmi_count <= ACPI_MAX_LAPIC_NMIS);
	CHECK(info->problem_count <= ACPI_MAX_PROBLEMS);
	CHECK(info->mcfg_count <= ACPI_MAX_MCFG);
	for (u32 i = 0; i < info->mcfg_count; i++) {
		CHECK(info->mcfg[i].first_bus <= info->mcfg[i].last_bus);
		CHECK(info->mcfg[i].base % MIB == 0 && info->mcfg[i].base != 0);
	}
	CHECK(info->uart_count <= ACPI_MAX_UARTS);
	for (u32 i = 0; i < info->uart_count; i++) {
		const struct acpi_uart *uart = &info->uart[i];

		CHECK(uart->width == 1 || uart->width == 2 || uart->width == 4);
		CHECK(uart->stride >= uart->width && uart->stride <= 4);
		CHECK(uart->in_memory ||
		      (uart->address <= 0x10000 - 8 && uart->stride == 1));
		CHECK(uart->address != 0 && uart->address < BIT(52));
	}
	CHECK(info->madt_present || info->cpu_count == 0);
	CHECK(info->pm_timer_port <= 0x10000 - 4);
	CHECK(info->pm1a_control_port <= 0x10000 - 2);
	CHECK(info->pm1b_control_port <= 0x10000 - 2);
	CHECK(info->s5_type_a <= 7 && info->s5_type_b <= 7);
	for (u32 i = 0; i < info->cpu_count; i++) {
		for (u32 j = 0; j < i; j++) {
			CHECK(info->cpu[i].apic_id != info->cpu[j].apic_id);
		}
	}
	for (u32 i = 0; i < info->problem_count; i++) {
		CHECK(fuzz_is_line(info->problem[i], ACPI_PROBLEM_BYTES));
	}
}

/* The root pointer at the beginning, at the length that its revision asks. */
static size_t root_pointer(u8 *rsdp)
{
	size_t bytes = MIN(memory.bytes, sizeof(struct acpi_rsdp));

	memcpy(rsdp, memory.data, bytes);
	if (memory.repair && bytes == sizeof(struct acpi_rsdp)) {
		memcpy(rsdp, ACPI_RSDP_SIGNATURE, 8);
		rsdp[8] -= checksum8(rsdp, ACPI_RSDP_V1_BYTES);
		rsdp[32] -= checksum8(rsdp, bytes);
	}
	return bytes;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	const struct acpi_source source = { map, &memory };
	static struct acpi_info info;
	u8 rsdp[sizeof(struct acpi_rsdp)];
	size_t rsdp_bytes;
	u64 found;
	int result;

	if (bytes == 0) {
		return 0;
	}
	memory.repair = data[0] & 1;
	memory.data = data + 1;
	memory.bytes = bytes - 1;
	if (data[0] & 2) {
		result = acpi_find_rsdp(&source, &found);
		CHECK(result == ERR_NOT_FOUND || result == 0);
		CHECK(result != 0 || (found >= BASE && found % 16 == 0 &&
				      found - BASE < memory.bytes));
	}
	rsdp_bytes = root_pointer(rsdp);
	memset(&info, 0x5a, sizeof(info));
	result = acpi_parse(&info, &source, rsdp, rsdp_bytes);
	check(&info, result);
	check_tables(&info, &source);
	unmap_all();
	return 0;
}
