/* Finds out what the machine is. Boot core, once; only read afterwards. */
#include "arch/machine.h"

#include "arch/console/log.h"
#include "arch/cpu.h"
#include "arch/cpuid_decode.h"
#include "arch/mem/mtrr.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "arch/msr.h"
#include "arch/trap.h"
#include "lib/error.h"
#include "lib/string.h"

/* The chipset's registers: I/O APICs, HPET, TPM, and the local APICs. */
#define CHIPSET_BASE 0xfec00000u
#define CHIPSET_END 0xff000000u
/*
 * In this range alone an access is not to memory, but is an interrupt message.
 */
#define MESSAGES_BASE 0xfee00000u
#define MESSAGES_END 0xfef00000u
/* The first I/O APIC of all boards, if the tables name none. */
#define FIRST_IOAPIC 0xfec00000u
#define APIC_BASE_ADDRESS 0x000ffffffffff000ull

#define OUR_DEVICES_MAX 8

extern char kernel_load_start[], kernel_load_end[];

static struct bootinfo bootinfo;
static struct memmap memory;
/* Pages of devices that the host drives. */
static struct {
	u64 first, last;
} our_devices[OUR_DEVICES_MAX];
static u32 our_device_count;
static struct acpi_info acpi;

const struct bootinfo *machine_bootinfo(void)
{
	return &bootinfo;
}

struct bootinfo *machine_bootinfo_for_boot(void)
{
	return &bootinfo;
}

const struct memmap *machine_memmap(void)
{
	return &memory;
}

const struct acpi_info *machine_acpi(void)
{
	return &acpi;
}

/* Read once, because each new guest under EPT asks. */
u32 machine_physical_bits(void)
{
	static u32 bits;
	struct cpuid_info info;

	if (bits == 0) {
		cpuid_decode(cpuid, &info);
		bits = info.physical_bits;
	}
	return bits;
}

/*
 * Cuts off what lies beyond the processor's physical addresses: it is no
 * memory, whoever says so.
 */
static u64 within_reach(u64 base, u64 length)
{
	u32 bits = MIN(machine_physical_bits(), DIRECT_MAP_BITS);
	u64 limit = 1ull << bits;
	u64 kept = base >= limit ? 0 : MIN(length, limit - base);

	if (kept != length) {
		log_warn("memory map: %lx bytes at %lx reach beyond "
			 "address bit %u; cut",
			 length, base, bits - 1);
	}
	return kept;
}

static void enter(u64 base, u64 length, enum memmap_type type)
{
	int err;

	length = within_reach(base, length);
	err = length == 0 ? 0 : memmap_add(&memory, base, length, type);
	if (err != 0) {
		log_warn("memory map: %lx-%lx (%s) left out: %s", base,
			 base + length, memmap_type_name(type),
			 error_text(err));
	}
}

/* The loader's information has been copied: its memory counts as free. */
static void build_memmap(void)
{
	memmap_init(&memory);
	for (u32 i = 0; i < bootinfo.memory_count; i++) {
		const struct bootinfo_memory *m = &bootinfo.memory[i];

		enter(m->base, m->length, memmap_type_from_e820(m->type));
	}
	if (bootinfo.memory_count == 0) {
		log_warn(
			"memory map: the loader gave none; using its two sizes");
		enter(0, bootinfo.memory_lower_kib * KIB, MEMMAP_RAM);
		enter(MIB, bootinfo.memory_upper_kib * KIB, MEMMAP_RAM);
	}
	enter((u64)kernel_load_start,
	      (u64)kernel_load_end - (u64)kernel_load_start, MEMMAP_KERNEL);
	for (u32 i = 0; i < bootinfo.module_count; i++) {
		const struct bootinfo_module *m = &bootinfo.module[i];

		enter(ALIGN_DOWN(m->start, PAGE_SIZE),
		      ALIGN_UP(m->end, PAGE_SIZE) -
			      ALIGN_DOWN(m->start, PAGE_SIZE),
		      MEMMAP_MODULE);
	}
}

int machine_init_memory(void)
{
	int err;

	build_memmap();
	err = pages_init(&memory);
	if (err != 0) {
		return err;
	}
	err = paging_init(&memory);
	if (err == 0) {
		pages_watch();
	}
	return err;
}

static struct mtrr_state mtrr;

void machine_init_memory_types(void)
{
	int err = mtrr_read(&mtrr, machine_physical_bits(), rdmsr_safe);

	if (err != 0) {
		log_warn("MTRRs: %s; memory of guests under EPT is uncacheable",
			 error_text(err));
	}
}

u8 machine_memory_type(u64 phys)
{
	return mtrr_type(&mtrr, phys);
}

static bool is_chipset(u64 phys)
{
	return phys >= CHIPSET_BASE && phys < CHIPSET_END;
}

/* The physical address of the boot core's local APIC; 0 if there is none. */
static u64 lapic_page(void)
{
	static u64 base;

	if (base == 0) {
		rdmsr_safe(MSR_IA32_APIC_BASE, &base);
	}
	return base & APIC_BASE_ADDRESS;
}

static bool is_apic(u64 phys)
{
	u64 page = ALIGN_DOWN(phys, PAGE_SIZE);

	if ((phys >= MESSAGES_BASE && phys < MESSAGES_END) ||
	    page == FIRST_IOAPIC || page == lapic_page()) {
		return true;
	}
	for (u32 i = 0; i < acpi.ioapic_count; i++) {
		if (page == ALIGN_DOWN(acpi.ioapic[i].address, PAGE_SIZE)) {
			return true;
		}
	}
	return false;
}

bool machine_keep_device(u64 phys, u64 bytes)
{
	if (our_device_count == ARRAY_SIZE(our_devices)) {
		return false;
	}
	our_devices[our_device_count].first = ALIGN_DOWN(phys, PAGE_SIZE);
	our_devices[our_device_count].last =
		ALIGN_DOWN(phys + bytes - 1, PAGE_SIZE);
	our_device_count++;
	return true;
}

static bool is_kept(u64 phys)
{
	u64 page = ALIGN_DOWN(phys, PAGE_SIZE);

	for (u32 i = 0; i < our_device_count; i++) {
		if (page >= our_devices[i].first &&
		    page <= our_devices[i].last) {
			return true;
		}
	}
	return false;
}

static bool is_device(u64 phys)
{
	const struct memmap_region *region = memmap_find(&memory, phys);

	return region == NULL || region->type == MEMMAP_RESERVED ||
	       region->type == MEMMAP_ACPI_RECLAIM ||
	       region->type == MEMMAP_ACPI_NVS;
}

bool machine_is_open_to_bios(u64 phys)
{
	return !is_apic(phys) && !is_kept(phys) && is_device(phys);
}

bool machine_is_open_to_guests(u64 phys)
{
	return !is_chipset(phys) && machine_is_open_to_bios(phys);
}

bool machine_is_ram(u64 phys)
{
	const struct memmap_region *region = memmap_find(&memory, phys);

	return region != NULL && region->type <= MEMMAP_KERNEL;
}

bool machine_is_guest_ram(u64 phys)
{
	const struct memmap_region *region = memmap_find(&memory, phys);

	return phys >= pages_end() && region != NULL &&
	       region->type == MEMMAP_RAM;
}

/*
 * Maps memory for the ACPI parser. Firmware may have tables above 4 GiB, where
 * only RAM is mapped.
 */
static const void *map_for_acpi(void *ctx, u64 phys, size_t bytes)
{
	(void)ctx;
	if (phys_is_mapped(phys, bytes) ||
	    (memmap_find(&memory, phys) != NULL && paging_reach(phys, bytes))) {
		return phys_to_virt(phys);
	}
	return NULL;
}

/* Looks for the root pointer where a BIOS puts it; false if it is not there. */
static bool find_rsdp(const struct acpi_source *source)
{
	const struct acpi_rsdp *rsdp;
	u64 rsdp_phys;

	if (acpi_find_rsdp(source, &rsdp_phys) != 0) {
		return false;
	}
	rsdp = phys_to_virt(rsdp_phys);
	bootinfo.rsdp_bytes =
		rsdp->revision < 2 ? ACPI_RSDP_V1_BYTES : sizeof(*rsdp);
	memcpy(bootinfo.rsdp, rsdp, bootinfo.rsdp_bytes);
	return true;
}

static void report_acpi_problems(void)
{
	if (acpi.hardware_reduced) {
		log_warn("ACPI: the machine is hardware-reduced: no PM timer "
			 "and no PM1 registers");
	}
	for (u32 i = 0; i < acpi.problem_count; i++) {
		log_warn("ACPI: %s", acpi.problem[i]);
	}
}

/* Takes the loader's copy of the root pointer; if that is no good, searches. */
void machine_init_acpi(void)
{
	const struct acpi_source source = { .map = map_for_acpi };
	bool given = bootinfo.rsdp_bytes != 0;

	if (given && acpi_parse(&acpi, &source, bootinfo.rsdp,
				bootinfo.rsdp_bytes) >= 0) {
		report_acpi_problems();
		return;
	}
	if (given) {
		report_acpi_problems();
		log_warn("ACPI: the loader's root pointer is of no use; "
			 "looking for another");
	}
	if (!find_rsdp(&source)) {
		log_warn("ACPI: no tables found; only the boot core is used");
		return;
	}
	if (acpi_parse(&acpi, &source, bootinfo.rsdp, bootinfo.rsdp_bytes) <
	    0) {
		log_warn("ACPI: nothing there to read; only the boot core is "
			 "used");
	}
	report_acpi_problems();
}
