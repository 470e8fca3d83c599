/* See host_check.h. Reads only. */
#include "proof/host_check.h"

#include "arch/cpu.h"
#include "arch/lapic.h"
#include "arch/machine.h"
#include "arch/mem/paging.h"
#include "arch/msr.h"
#include "arch/nmi_watchdog.h"
#include "arch/smp.h"
#include "arch/trap.h"
#include "lib/checksum.h"

#define LOW_BYTES 0xa0000u
#define ROM_START 0xc0000u
#define ROM_BYTES 0x40000u
#define IDT_BYTES 4096u
#define PIC_MASTER_DATA 0x21
#define PIC_SLAVE_DATA 0xa1
#define IOAPIC_WINDOW (0x10 / 4)
#define IOAPIC_VERSION 0x01
#define IOAPIC_REDIRECTION 0x10

extern char text_start[], text_end[], rodata_start[], rodata_end[];

static void add(struct host_check *check, const char *name, u64 value)
{
	if (check->count < HOST_CHECK_ITEMS) {
		check->item[check->count].name = name;
		check->item[check->count].value = value;
		check->count++;
	}
}

static u64 image(void)
{
	u64 sum = checksum64(0, text_start, (size_t)(text_end - text_start));

	return checksum64(sum, rodata_start,
			  (size_t)(rodata_end - rodata_start));
}

static u64 descriptors(void)
{
	u64 sum = checksum64(0, (const void *)trap_idt_base(), IDT_BYTES);

	for (u32 i = 0; i < smp_count(); i++) {
		const struct cpu *cpu = smp_cpu(i);

		sum = checksum64(sum, &cpu->gdt, sizeof(cpu->gdt));
		sum = checksum64(sum, &cpu->tss, sizeof(cpu->tss));
	}
	return sum;
}

/*
 * The checksum of what the loader and the firmware left for the kernel to read.
 */
static u64 regions(void)
{
	const struct memmap *map = machine_memmap();
	u64 sum = 0;

	for (u32 i = 0; i < map->count; i++) {
		const struct memmap_region *r = &map->region[i];
		u64 bytes = r->end - r->base;

		if ((r->type == MEMMAP_MODULE ||
		     r->type == MEMMAP_ACPI_RECLAIM) &&
		    phys_is_mapped(r->base, bytes)) {
			sum = checksum64(sum, phys_to_virt(r->base), bytes);
		}
	}
	return sum;
}

static u64 ioapic_checksum(u64 phys)
{
	volatile u32 *ioapic = phys_to_virt(phys);
	u32 entries;
	u64 sum = 0;

	ioapic[0] = IOAPIC_VERSION;
	entries = (ioapic[IOAPIC_WINDOW] >> 16 & 0xff) + 1;
	for (u32 i = 0; i < 2 * entries; i++) {
		u32 value;

		ioapic[0] = IOAPIC_REDIRECTION + i;
		value = ioapic[IOAPIC_WINDOW];
		sum = checksum64(sum, &value, sizeof(value));
	}
	return sum;
}

static u64 ioapics(void)
{
	const struct acpi_info *acpi = machine_acpi();
	u64 sum = 0;

	nmi_watchdog_rest();
	for (u32 i = 0; i < acpi->ioapic_count; i++) {
		sum += ioapic_checksum(acpi->ioapic[i].address);
	}
	return sum;
}

void host_check_memory(struct host_check *check, bool with_low_memory)
{
	check->count = 0;
	add(check, "the kernel's code and constants", image());
	add(check, "the page tables", paging_checksum());
	add(check, "the descriptor tables", descriptors());
	if (with_low_memory) {
		add(check, "the first 640 KiB",
		    checksum64(0, phys_to_virt(0), LOW_BYTES));
	}
	add(check, "the BIOS's ROM",
	    checksum64(0, phys_to_virt(ROM_START), ROM_BYTES));
	add(check, "modules and ACPI tables", regions());
	add(check, "the I/O APICs", ioapics());
	add(check, "the PICs' masks",
	    inb(PIC_MASTER_DATA) | (u64)inb(PIC_SLAVE_DATA) << 8);
}

static void add_msrs(struct host_check *check)
{
	static const struct {
		const char *name;
		u32 msr;
	} msrs[] = {
		{ "IA32_EFER", MSR_IA32_EFER },
		{ "IA32_PAT", MSR_IA32_PAT },
		{ "IA32_DEBUGCTL", MSR_IA32_DEBUGCTL },
		{ "IA32_SYSENTER_CS", MSR_IA32_SYSENTER_CS },
		{ "IA32_SYSENTER_ESP", MSR_IA32_SYSENTER_ESP },
		{ "IA32_SYSENTER_EIP", MSR_IA32_SYSENTER_EIP },
		{ "IA32_STAR", MSR_IA32_STAR },
		{ "IA32_LSTAR", MSR_IA32_LSTAR },
		{ "IA32_CSTAR", MSR_IA32_CSTAR },
		{ "IA32_FMASK", MSR_IA32_FMASK },
		{ "IA32_TSC_AUX", MSR_IA32_TSC_AUX },
		{ "IA32_SPEC_CTRL", MSR_IA32_SPEC_CTRL },
		{ "IA32_XSS", MSR_IA32_XSS },
		{ "IA32_FS_BASE", MSR_IA32_FS_BASE },
		{ "IA32_GS_BASE", MSR_IA32_GS_BASE },
		{ "IA32_KERNEL_GS_BASE", MSR_IA32_KERNEL_GS_BASE },
		{ "IA32_APIC_BASE", MSR_IA32_APIC_BASE },
		{ "IA32_MISC_ENABLE", MSR_IA32_MISC_ENABLE },
		{ "IA32_MTRR_DEF_TYPE", MSR_IA32_MTRR_DEF_TYPE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(msrs); i++) {
		u64 value = 0;

		rdmsr_safe(msrs[i].msr, &value);
		add(check, msrs[i].name, value);
	}
}

void host_check_registers(struct host_check *check)
{
	struct descriptor_pointer gdtr, idtr;

	sgdt(&gdtr);
	sidt(&idtr);
	check->count = 0;
	add(check, "CR0", read_cr0());
	add(check, "CR3", read_cr3());
	add(check, "CR4", read_cr4());
	add(check, "DR0", read_dr0());
	add(check, "DR1", read_dr1());
	add(check, "DR2", read_dr2());
	add(check, "DR3", read_dr3());
	add(check, "DR6", read_dr6());
	add(check, "DR7", read_dr7());
	add(check, "GDTR", gdtr.base);
	add(check, "IDTR", idtr.base);
	add(check, "TR", str());
	add(check, "the local APIC", lapic_present() ? lapic_checksum() : 0);
	add_msrs(check);
}

const char *host_check_difference(const struct host_check *before,
				  const struct host_check *after)
{
	for (u32 i = 0; i < before->count; i++) {
		if (before->item[i].value != after->item[i].value) {
			return before->item[i].name;
		}
	}
	return NULL;
}
