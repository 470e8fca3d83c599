/*
 * What is where in a PC's physical memory. Below 1 MiB the host bridge decides
 * segment by segment whether RAM or ROM answers; the VGA has its window there,
 * and where the configuration space puts it the whole of its memory.
 */
/* build: pure hot */
#include "guest/board/pc/pc.h"

#define WINDOW VGA_WINDOW_FIRST
#define SHADOW 0xc0000u
#define SHADOW_LAST_SEGMENT 0xf0000u
#define SEGMENT_BYTES 0x4000u
#define MEGABYTE 0x100000u
#define ROM_IN_MEGABYTE 0x20000u
#define ADDRESS_END 0x100000000ull

static u64 behind_a20(const struct pc *pc, u64 address)
{
	return i8042_a20_is_open(&pc->kbc) ? address : address & ~(u64)MEGABYTE;
}

static struct pci_pam pam_at(const struct pc *pc, u32 address)
{
	return pci_config_pam(&pc->pci,
			      address >= SHADOW_LAST_SEGMENT
				      ? PCI_PAM_SEGMENTS - 1
				      : (address - SHADOW) / SEGMENT_BYTES);
}

/* from_end: the distance to the end of the ROM. */
static const u8 *rom_at(const struct pc *pc, u64 from_end)
{
	return from_end <= pc->memory.rom_bytes
		       ? pc->memory.rom + (pc->memory.rom_bytes - from_end)
		       : NULL;
}

static u8 *window_at(const struct pc *pc, u32 offset)
{
	struct vga_plain plain;

	vga_plain(&pc->vga, &plain);
	return offset >= plain.at && offset - plain.at < plain.bytes
		       ? plain.memory + (offset - plain.at)
		       : NULL;
}

static u8 *frame_buffer_at(const struct pc *pc, u64 address)
{
	u32 first = pci_config_frame_buffer(&pc->pci);

	return first != 0 && address >= first && address - first < pc->vga.bytes
		       ? pc->vga.memory + (address - first)
		       : NULL;
}

/* What is the same for reads and writes. */
static u8 *memory_at(const struct pc *pc, u64 address)
{
	if (address < pc->memory.ram_bytes) {
		return pc->memory.ram + address;
	}
	return frame_buffer_at(pc, address);
}

const u8 *pc_readable(const struct pc *pc, u64 address)
{
	address = behind_a20(pc, address);
	if (address < WINDOW || address >= MEGABYTE) {
		const u8 *at = memory_at(pc, address);

		return at != NULL || address >= ADDRESS_END
			       ? at
			       : rom_at(pc, ADDRESS_END - address);
	}
	if (address < SHADOW) {
		return window_at(pc, (u32)address - WINDOW);
	}
	if (pam_at(pc, (u32)address).reads_ram) {
		return pc->memory.ram + address;
	}
	return address >= MEGABYTE - ROM_IN_MEGABYTE
		       ? rom_at(pc, MEGABYTE - address)
		       : NULL;
}

u8 *pc_writable(const struct pc *pc, u64 address)
{
	address = behind_a20(pc, address);
	if (address < WINDOW || address >= MEGABYTE) {
		return memory_at(pc, address);
	}
	if (address < SHADOW) {
		return window_at(pc, (u32)address - WINDOW);
	}
	return pam_at(pc, (u32)address).writes_ram ? pc->memory.ram + address
						   : NULL;
}

static bool in_window(u64 address)
{
	return address >= WINDOW && address < SHADOW;
}

u8 pc_read_byte(struct pc *pc, u64 address)
{
	const u8 *at = pc_readable(pc, address);

	address = behind_a20(pc, address);
	if (at != NULL) {
		return *at;
	}
	return in_window(address)
		       ? vga_memory_read(&pc->vga, (u32)address - WINDOW)
		       : 0xff;
}

void pc_write_byte(struct pc *pc, u64 address, u8 value)
{
	u8 *at = pc_writable(pc, address);

	address = behind_a20(pc, address);
	if (at != NULL) {
		*at = value;
	} else if (in_window(address)) {
		vga_memory_write(&pc->vga, (u32)address - WINDOW, value);
	}
}
