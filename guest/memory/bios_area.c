/*
 * Finds and saves the BIOS's data. A UEFI machine without a compatibility
 * module has neither a reset vector at F000:FFF0 nor an IVT.
 */
#include "guest/memory/bios_area.h"

#include "arch/console/log.h"
#include "arch/inventory.h"
#include "arch/machine.h"
#include "arch/mem/pages.h"
#include "arch/mem/paging.h"
#include "lib/fmt.h"
#include "lib/string.h"

#define RESET_VECTOR 0xffff0
#define OPCODE_JMP_FAR 0xea
#define OPCODE_JMP_NEAR 0xe9
#define LOW_PAGES 0xa0 /* 640 KiB */
#define EBDA_LOWEST 0x80000
#define EBDA_MAX_PAGES 32 /* 128 KiB, what the BDA's word can tell */
#define VECTOR_VIDEO 0x10
#define VECTOR_EQUIPMENT 0x11

static bool present;
static const char *why_not = "bios_area_init() was not called";
static void *first_page;
static void *ebda_copy;
static u32 ebda_first_page = LOW_PAGES;

u8 bios_area_read8(u32 linear)
{
	return *(const volatile u8 *)phys_to_virt(linear);
}

u16 bios_area_read16(u32 linear)
{
	return (u16)(bios_area_read8(linear) | bios_area_read8(linear + 1)
						       << 8);
}

static bool vector_is_set(u8 vector)
{
	return bios_area_read16(vector * 4u) != 0 ||
	       bios_area_read16(vector * 4u + 2) != 0;
}

static bool find_bios(void)
{
	u8 opcode = bios_area_read8(RESET_VECTOR);

	if (opcode != OPCODE_JMP_FAR && opcode != OPCODE_JMP_NEAR) {
		why_not =
			machine_bootinfo()->efi.system_table != 0
				? "this machine was booted by UEFI and has no ROM-BIOS at F0000h"
				: "there is no jump at F000:FFF0, so no ROM-BIOS";
		return false;
	}
	if (!vector_is_set(VECTOR_VIDEO) || !vector_is_set(VECTOR_EQUIPMENT)) {
		why_not = "the interrupt vectors 10h and 11h are empty";
		return false;
	}
	return true;
}

/*
 * Copies the EBDA, which reaches up to 640 KiB. Without one, only page 0 holds
 * data of the BIOS.
 */
static void copy_ebda(void)
{
	u32 base = (u32)bios_area_read16(BDA_EBDA_SEGMENT) << 4;
	u32 top = (u32)bios_area_read16(BDA_MEMORY_KIB) * (u32)KIB;
	u32 first, pages;

	/*
	 * RAM that the BIOS has taken off the top, without an EBDA there,
	 * belongs to the BIOS as well.
	 */
	if (top >= EBDA_LOWEST && (base < EBDA_LOWEST || top < base)) {
		base = top;
	}
	if (base < EBDA_LOWEST || base >= LOW_PAGES * PAGE_SIZE) {
		return;
	}
	first = base >> PAGE_SHIFT;
	pages = LOW_PAGES - first;
	ebda_copy = pages_get(MIN(pages, EBDA_MAX_PAGES));
	if (ebda_copy == NULL) {
		log_warn("no memory for a copy of the EBDA; guests with a "
			 "private view see it empty");
		return;
	}
	ebda_first_page = first;
	memcpy(ebda_copy, phys_to_virt((u64)first << PAGE_SHIFT),
	       pages * PAGE_SIZE);
}

void bios_area_init(void)
{
	present = find_bios();
	if (!present) {
		log_warn("BIOS calls are not possible: %s", why_not);
		return;
	}
	first_page = pages_get(1);
	if (first_page == NULL) {
		present = false;
		why_not = "no memory for a copy of its data area";
		return;
	}
	memcpy(first_page, phys_to_virt(0), PAGE_SIZE);
	copy_ebda();
	log_detail("BIOS: INT 10h at %04x:%04x, INT 13h at %04x:%04x, base "
		   "memory %u KiB, EBDA %04x0h",
		   bios_area_read16(0x42), bios_area_read16(0x40),
		   bios_area_read16(0x4e), bios_area_read16(0x4c),
		   bios_area_read16(BDA_MEMORY_KIB),
		   bios_area_read16(BDA_EBDA_SEGMENT));
}

bool bios_area_present(void)
{
	return present;
}

const char *bios_area_why_not(void)
{
	return why_not;
}

const void *bios_area_page(u32 page)
{
	if (page == 0) {
		return first_page;
	}
	if (page >= ebda_first_page && page < LOW_PAGES) {
		return (const u8 *)ebda_copy +
		       (u64)(page - ebda_first_page) * PAGE_SIZE;
	}
	return NULL;
}

static void tell(char *text, size_t size)
{
	fmt_snprintf(text, size, "%s",
		     bios_area_present() ? "calls are possible"
					 : bios_area_why_not());
}
INVENTORY(95, bios, tell);
