/*
 * Builds and loads a core's GDT and TSS. Called on each core, interrupts off,
 * before the IDT is loaded, because the IDT's gates name stacks of this TSS.
 */
#include "arch/gdt.h"

#include "arch/cpu.h"
#include "arch/msr.h"

#define DESCRIPTOR_CODE_64 0x00af9b000000ffffull
#define DESCRIPTOR_DATA 0x00cf93000000ffffull
#define DESCRIPTOR_TSS_AVAILABLE (0x89ull << 40)

/* arch/trap_entry.S: makes CS the kernel's code selector by a far return. */
void gdt_reload_cs(void);

static void set_tss_descriptor(struct gdt *gdt, const struct tss *tss)
{
	u64 base = (u64)tss;

	gdt->entry[3] = DESCRIPTOR_TSS_AVAILABLE | (sizeof(*tss) - 1) |
			(base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
	gdt->entry[4] = base >> 32;
}

void gdt_load(struct gdt *gdt, struct tss *tss, u64 gs_base)
{
	struct descriptor_pointer pointer = {
		.limit = sizeof(*gdt) - 1,
		.base = (u64)gdt,
	};

	gdt->entry[0] = 0;
	gdt->entry[1] = DESCRIPTOR_CODE_64;
	gdt->entry[2] = DESCRIPTOR_DATA;
	tss->io_map_base = sizeof(*tss);
	set_tss_descriptor(gdt, tss);

	lgdt(&pointer);
	gdt_reload_cs();
	load_ss(SELECTOR_KERNEL_DATA);
	load_ds(SELECTOR_KERNEL_DATA);
	load_es(SELECTOR_KERNEL_DATA);
	load_fs(SELECTOR_KERNEL_DATA);
	load_gs(SELECTOR_KERNEL_DATA);
	wrmsr(MSR_IA32_GS_BASE, gs_base);
	ltr(SELECTOR_TSS);
}
