/* The four planes of video memory, and how a write of the guest's gets there. */
#pragma once

#include "guest/board/pc/vga_registers.h"

/* Video memory is read and written by bytes and by all four planes at once. */
typedef u32 vga_dword __attribute__((may_alias));

static inline vga_dword *vga_dword_at(const struct vga *vga, u32 place)
{
	return (vga_dword *)(void *)vga->memory + place;
}

/*
 * How many bytes a plane has for the registers of a VGA, less one: 64 KiB, and
 * for VBE as many as there are.
 */
static inline u32 vga_last_place(const struct vga *vga)
{
	return (vga_vbe_is_on(vga) ? vga->bytes : VGA_PLANES_BYTES) / 4 - 1;
}

/* The bytes of the planes at a place, wherever they are kept now. */
static inline u32 vga_planes_at(const struct vga *vga, u32 place)
{
	u32 planes;

	place &= vga_last_place(vga);
	planes = *vga_dword_at(vga, place);
	if (vga->path == VGA_PATH_TEXT && place < VGA_TEXT_BYTES / 2) {
		const u8 *text = vga->text + 2 * place;

		planes = (planes & 0xffff0000) | text[0] | (u32)text[1] << 8;
	}
	return planes;
}

/* Ones in the byte of each plane whose bit is set. */
static inline u32 vga_spread(u8 planes)
{
	return ((planes & 15u) * 0x00204081u & 0x01010101u) * 0xffu;
}

/* A write's way through the data path, up to the planes' mask. */
u32 vga_combine(const struct vga *vga, u8 value);

/* Which byte of which planes a write at an address of the window reaches. */
struct vga_place {
	u32 place;
	u8 planes;
};

struct vga_place vga_write_place(const struct vga *vga, u32 at);
