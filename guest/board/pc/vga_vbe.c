/*
 * Bochs's VBE registers: a picture of any size and depth. There is no way to
 * report an error, so what does not fit is made to fit.
 */
/* build: pure */
#include "guest/board/pc/vga_registers.h"
#include "guest/board/pc/vga_window.h"

#include "lib/string.h"

#define PORT_INDEX 0x1ce

#define WIDTH_STEP 8u

/* Bits of a pixel as it lies in memory; what is no depth becomes 8. */
static u32 settle_depth(u16 *depth)
{
	switch (*depth) {
	case 4:
	case 8:
	case 16:
	case 24:
	case 32:
		return *depth;
	case 15:
		return 16;
	default:
		return *depth = 8;
	}
}

static u16 settle_width(u16 width, u16 least)
{
	return (u16)MAX(MIN(width & ~(WIDTH_STEP - 1), VGA_MAX_WIDTH), least);
}

/* Where the picture begins: at once, if it would end behind the memory. */
static void settle_start(struct vga *vga, u32 bits)
{
	u16 *at = vga->vbe.at;
	u64 picture = (u64)at[VBE_HEIGHT] * vga->vbe.line_bytes;
	u64 start = (u64)at[VBE_X] * bits / 8 +
		    (u64)at[VBE_Y] * vga->vbe.line_bytes;

	if (start + picture > vga->bytes) {
		at[VBE_Y] = 0;
		start = (u64)at[VBE_X] * bits / 8;
	}
	if (start + picture > vga->bytes) {
		at[VBE_X] = 0;
		start = 0;
	}
	vga->vbe.start = (u32)start & ~3u;
}

static void settle(struct vga *vga)
{
	u16 *at = vga->vbe.at;
	u32 bits, lines;

	if (!vga_vbe_is_on(vga)) {
		return;
	}
	bits = settle_depth(&at[VBE_DEPTH]);
	at[VBE_WIDTH] = settle_width(at[VBE_WIDTH], WIDTH_STEP);
	at[VBE_VIRTUAL_WIDTH] =
		settle_width(at[VBE_VIRTUAL_WIDTH], at[VBE_WIDTH]);
	vga->vbe.line_bytes = at[VBE_VIRTUAL_WIDTH] * bits / 8;
	lines = vga->bytes / vga->vbe.line_bytes;
	at[VBE_HEIGHT] =
		(u16)MAX(MIN(at[VBE_HEIGHT], MIN(lines, VGA_MAX_HEIGHT)), 1u);
	at[VBE_VIRTUAL_HEIGHT] = (u16)MIN(lines, 0xffffu);
	settle_start(vga, bits);
}

static void enable(struct vga *vga, u16 value)
{
	u16 *at = vga->vbe.at;
	bool was_on = vga_vbe_is_on(vga);

	at[VBE_ENABLE] = value;
	vga->dac.wide = (value & VBE_ENABLE_WIDE_DAC) != 0;
	at[VBE_BANK] = 0;
	if (vga_vbe_is_on(vga) && !was_on) {
		at[VBE_VIRTUAL_WIDTH] = 0;
		at[VBE_X] = 0;
		at[VBE_Y] = 0;
		settle(vga);
	}
	/* First, for it may bring text home to where the picture will be. */
	vga_window_update(vga);
	if (vga_vbe_is_on(vga) && !was_on && (value & VBE_ENABLE_KEEP) == 0) {
		memset(vga->memory, 0, at[VBE_HEIGHT] * vga->vbe.line_bytes);
	}
}

static void write_register(struct vga *vga, u16 value)
{
	u16 *at = &vga->vbe.at[vga->vbe.index];

	switch (vga->vbe.index) {
	case VBE_ID: /* a program says which it knows */
		if (value >= VBE_ID_OLDEST && value <= VBE_ID_NEWEST) {
			*at = value;
		}
		break;
	case VBE_WIDTH:
	case VBE_HEIGHT:
	case VBE_DEPTH:
	case VBE_VIRTUAL_WIDTH:
	case VBE_X:
	case VBE_Y:
		*at = value;
		settle(vga);
		vga_window_update(vga);
		break;
	case VBE_ENABLE:
		enable(vga, value);
		break;
	case VBE_BANK:
		*at = value & (u16)(vga->bytes / VGA_VBE_BANK_BYTES - 1);
		vga_window_update(vga);
		break;
	default:
		break;
	}
}

static u16 read_limit(const struct vga *vga)
{
	switch (vga->vbe.index) {
	case VBE_WIDTH:
		return VGA_MAX_WIDTH;
	case VBE_HEIGHT:
		return VGA_MAX_HEIGHT;
	case VBE_DEPTH:
		return 32;
	default:
		return vga->vbe.at[vga->vbe.index];
	}
}

u16 vga_vbe_read(const struct vga *vga, u16 port)
{
	u16 index = vga->vbe.index;

	if (port == PORT_INDEX) {
		return index;
	}
	if (index == VBE_MEMORY) {
		return (u16)(vga->bytes / VGA_VBE_BANK_BYTES);
	}
	if (index >= VGA_VBE_REGISTERS) {
		return 0;
	}
	return vga->vbe.at[VBE_ENABLE] & VBE_ENABLE_LIMITS ? read_limit(vga)
							   : vga->vbe.at[index];
}

void vga_vbe_write(struct vga *vga, u16 port, u16 value)
{
	if (port == PORT_INDEX) {
		vga->vbe.index = value;
	} else if (vga->vbe.index < VGA_VBE_REGISTERS) {
		write_register(vga, value);
	}
}
