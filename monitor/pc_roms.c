/* See pc_roms.h. */
#include "monitor/pc_roms.h"

#include "arch/mem/paging.h"
#include "lib/error.h"
#include "monitor/modules.h"

#define ROM_MAX (4 * MIB)

static const u8 *find(const char *name, u64 *bytes)
{
	const struct bootinfo_module *module = modules_find(name);

	*bytes = module == NULL ? 0 : module->end - module->start;
	return *bytes != 0 && phys_is_mapped(module->start, *bytes)
		       ? phys_to_virt(module->start)
		       : NULL;
}

int pc_roms_find(const char *bios, struct pc_guest_config *config)
{
	u64 rom_bytes, vga_bytes;

	config->rom = find(bios != NULL ? bios : PC_ROMS_BIOS, &rom_bytes);
	config->vga_rom = find(PC_ROMS_VGA, &vga_bytes);
	if (config->rom == NULL || config->vga_rom == NULL) {
		return ERR_NOT_FOUND;
	}
	if (rom_bytes % PAGE_SIZE != 0 || rom_bytes > ROM_MAX ||
	    (uintptr_t)config->rom % PAGE_SIZE != 0) {
		return ERR_INVALID;
	}
	config->rom_bytes = (u32)rom_bytes;
	config->vga_rom_bytes = (u32)vga_bytes;
	return 0;
}
