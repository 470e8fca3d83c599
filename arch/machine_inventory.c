/*
 * Lines of the machine's page (arch/inventory.h) about what no driver has: the
 * firmware, its tables, the processor and the memory. Boot core.
 */
#include "arch/inventory.h"

#include "arch/cpu.h"
#include "arch/cpuid_decode.h"
#include "arch/lapic.h"
#include "arch/machine.h"
#include "arch/msr.h"
#include "arch/pic.h"
#include "arch/rtc.h"
#include "arch/smp.h"
#include "arch/trap.h"
#include "lib/fmt.h"

static const char *firmware_kind(const struct bootinfo_efi *efi)
{
	if (efi->table64) {
		return "UEFI, 64 bits";
	}
	return efi->table32 ? "UEFI, 32 bits" : "BIOS";
}

static void tell_firmware(char *text, size_t size)
{
	struct cpuid_info info;

	cpuid_decode(cpuid, &info);
	fmt_snprintf(text, size, "%s; hypervisor: %s",
		     firmware_kind(&machine_bootinfo()->efi),
		     !info.hypervisor_present	       ? "none"
		     : info.hypervisor_name[0] != '\0' ? info.hypervisor_name
						       : "without a name");
}
INVENTORY(10, firmware, tell_firmware);

static void tell_acpi(char *text, size_t size)
{
	const struct acpi_info *acpi = machine_acpi();

	if (acpi->table_count == 0) {
		fmt_snprintf(text, size, "no tables");
		return;
	}
	fmt_snprintf(text, size,
		     "revision %u%s, %u tables by the %s, %u problems",
		     acpi->rsdp_revision,
		     acpi->hardware_reduced ? ", hardware-reduced" : "",
		     acpi->table_count + acpi->table_left_out,
		     acpi->used_xsdt ? "XSDT" : "RSDT",
		     acpi->problem_count + acpi->problem_left_out);
}
INVENTORY(15, acpi, tell_acpi);

/* SDM volume 3, "Update Signature and Verification": after a CPUID of leaf 1. */
static u32 microcode_revision(void)
{
	u32 regs[4];
	u64 value = 0;

	wrmsr_safe(MSR_IA32_BIOS_SIGN_ID, 0);
	cpuid(1, 0, regs);
	rdmsr_safe(MSR_IA32_BIOS_SIGN_ID, &value);
	return (u32)(value >> 32);
}

static void tell_processor(char *text, size_t size)
{
	u32 left_out = smp_left_out() + machine_acpi()->cpu_left_out;
	struct cpuid_info info;

	cpuid_decode(cpuid, &info);
	fmt_snprintf(
		text, size,
		"%s, family %x model %x stepping %x, microcode %x; %u core%s",
		info.brand[0] != '\0' ? info.brand : info.vendor_name,
		info.family, info.model, info.stepping, microcode_revision(),
		smp_count(), smp_count() == 1 ? "" : "s");
	if (left_out != 0) {
		fmt_append(text, size, ", %u left out", left_out);
	}
}
INVENTORY(20, processor, tell_processor);

static void tell_memory(char *text, size_t size)
{
	const struct memmap *map = machine_memmap();
	u64 end = 0;

	for (u32 i = 0; i < map->count; i++) {
		if (map->region[i].type == MEMMAP_RAM) {
			end = map->region[i].end;
		}
	}
	fmt_snprintf(text, size,
		     "%lu MiB of RAM, the last ends at %lx; %u ranges; "
		     "addresses of %u bits",
		     memmap_usable_bytes(map) / MIB, end, map->count,
		     machine_physical_bits());
}
INVENTORY(30, memory, tell_memory);

static void tell_interrupts(char *text, size_t size)
{
	const struct acpi_info *acpi = machine_acpi();

	if (lapic_present()) {
		fmt_snprintf(text, size, "%s, boot core's ID %u",
			     lapic_mode() == LAPIC_X2APIC ? "x2APIC" : "xAPIC",
			     lapic_id());
	} else {
		fmt_snprintf(text, size, "no local APIC");
	}
	fmt_append(text, size, "; I/O APICs: %u",
		   acpi->ioapic_count + acpi->ioapic_left_out);
	fmt_append(text, size, "; PICs: %s", pic_present() ? "yes" : "none");
	fmt_append(text, size, "; RTC: %s", rtc_present() ? "yes" : "none");
}
INVENTORY(50, interrupts, tell_interrupts);
