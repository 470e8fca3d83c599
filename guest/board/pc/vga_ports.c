/* The VGA's registers behind their ports, and what a reset makes of them. */
/* build: pure */
#include "guest/board/pc/vga_dac.h"
#include "guest/board/pc/vga_registers.h"
#include "guest/board/pc/vga_retrace.h"
#include "guest/board/pc/vga_window.h"

#include "lib/string.h"

#define PORT_ATTRIBUTE 0x3c0
#define PORT_ATTRIBUTE_READ 0x3c1
#define PORT_MISC 0x3c2 /* read: Input Status 0 */
#define PORT_ENABLE 0x3c3
#define PORT_SEQUENCER 0x3c4
#define PORT_SEQUENCER_DATA 0x3c5
#define PORT_DAC_FIRST 0x3c6
#define PORT_DAC_LAST 0x3c9
#define PORT_FEATURE_READ 0x3ca
#define PORT_MISC_READ 0x3cc
#define PORT_GRAPHICS 0x3ce
#define PORT_GRAPHICS_DATA 0x3cf
/* Of 3B0h-3BFh and 3D0h-3DFh, whichever is the CRTC's. */
#define PORT_CRTC 0x3d4
#define PORT_CRTC_DATA 0x3d5
#define PORT_STATUS 0x3da /* written: the feature register */

#define FLOATING 0xff

/* The bits that registers have; the others read 0. */
static const u8 sequencer_bits[8] = { 0x03, 0x3d, 0x0f, 0x3f, 0x0e };
static const u8 graphics_bits[16] = { 0x0f, 0x0f, 0x0f, 0x1f, 0x03,
				      0x7b, 0x0f, 0x0f, 0xff };
static const u8 attribute_bits[32] = {
	0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f,
	0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0xef, 0xff, 0x3f, 0x0f, 0x0f,
};

void vga_reset(struct vga *vga)
{
	struct vga fresh = { .memory = vga->memory,
			     .bytes = vga->bytes,
			     .text = vga->text,
			     .dac.mask = 0xff,
			     .enabled = 1,
			     .vbe.at[VBE_ID] = VBE_ID_NEWEST,
			     .plain_changes = vga->plain_changes,
			     .font_changes = vga->font_changes,
			     .path = vga->path };

	*vga = fresh;
	vga_window_update(vga);
}

void vga_init(struct vga *vga, u8 *memory, u32 bytes, u8 *text)
{
	memset(vga, 0, sizeof(*vga));
	vga->memory = memory;
	vga->bytes = bytes;
	vga->text = text;
	vga_reset(vga);
}

/*
 * A port's number as it is in the colour range, or 0 for one of the range that
 * the miscellaneous register does not choose.
 */
static u16 chosen(const struct vga *vga, u16 port)
{
	bool colour = (vga->misc & MISC_COLOUR) != 0;

	if (port >= 0x3c0 && port <= 0x3cf) {
		return port;
	}
	return (port >= 0x3d0) == colour ? 0x3d0 | (port & 15) : 0;
}

static u8 read_attribute(const struct vga *vga)
{
	u8 index = vga->attribute_index & 0x1f;

	return index <= ATTR_LAST ? vga->attribute[index] : 0;
}

static void write_attribute(struct vga *vga, u8 value)
{
	u8 index = vga->attribute_index & 0x1f;

	if (vga->attribute_is_data) {
		vga->attribute[index] = value & attribute_bits[index];
	} else {
		vga->attribute_index = value & 0x3f;
	}
	vga->attribute_is_data = !vga->attribute_is_data;
}

static u8 read_crtc(const struct vga *vga)
{
	return vga->crtc_index <= CRTC_LAST ? vga->crtc[vga->crtc_index] : 0;
}

/* Registers 0 to 7 can be protected, but for bit 8 of Line Compare. */
static void write_crtc(struct vga *vga, u8 value)
{
	u8 index = vga->crtc_index, keep = 0;

	if (index > CRTC_LAST) {
		return;
	}
	if (index <= CRTC_OVERFLOW &&
	    (vga->crtc[CRTC_V_SYNC_END] & CRTC_V_SYNC_END_PROTECT) != 0) {
		keep = index == CRTC_OVERFLOW ? 0xef : 0xff;
	}
	vga->crtc[index] = (vga->crtc[index] & keep) | (value & (u8)~keep);
	vga_window_update(vga);
}

u8 vga_port_read(struct vga *vga, u16 port, u64 now_ns)
{
	port = chosen(vga, port);
	if (port >= PORT_DAC_FIRST && port <= PORT_DAC_LAST) {
		return vga_dac_read(&vga->dac, port);
	}
	switch (port) {
	case PORT_ATTRIBUTE:
		return vga->attribute_is_data ? 0 : vga->attribute_index;
	case PORT_ATTRIBUTE_READ:
		return read_attribute(vga);
	case PORT_MISC: /* no interrupt, no switch */
		return 0;
	case PORT_ENABLE:
		return vga->enabled;
	case PORT_SEQUENCER:
		return vga->sequencer_index;
	case PORT_SEQUENCER_DATA:
		return vga->sequencer[vga->sequencer_index];
	case PORT_FEATURE_READ:
		return vga->feature;
	case PORT_MISC_READ:
		return vga->misc;
	case PORT_GRAPHICS:
		return vga->graphics_index;
	case PORT_GRAPHICS_DATA:
		return vga->graphics[vga->graphics_index];
	case PORT_CRTC:
		return vga->crtc_index;
	case PORT_CRTC_DATA:
		return read_crtc(vga);
	case PORT_STATUS:
		vga->attribute_is_data = false;
		return vga_retrace(vga, now_ns);
	default:
		return FLOATING;
	}
}

void vga_port_write(struct vga *vga, u16 port, u8 value)
{
	port = chosen(vga, port);
	if (port >= PORT_DAC_FIRST && port <= PORT_DAC_LAST) {
		vga_dac_write(&vga->dac, port, value);
		return;
	}
	switch (port) {
	case PORT_ATTRIBUTE:
		write_attribute(vga, value);
		break;
	case PORT_MISC:
		vga->misc = value & 0xef;
		break;
	case PORT_ENABLE:
		vga->enabled = value & 1;
		break;
	case PORT_SEQUENCER:
		vga->sequencer_index = value & 7;
		break;
	case PORT_SEQUENCER_DATA:
		vga->sequencer[vga->sequencer_index] =
			value & sequencer_bits[vga->sequencer_index];
		vga_window_update(vga);
		break;
	case PORT_GRAPHICS:
		vga->graphics_index = value & 15;
		break;
	case PORT_GRAPHICS_DATA:
		vga->graphics[vga->graphics_index] =
			value & graphics_bits[vga->graphics_index];
		vga_window_update(vga);
		break;
	case PORT_CRTC:
		vga->crtc_index = value;
		break;
	case PORT_CRTC_DATA:
		write_crtc(vga, value);
		break;
	case PORT_STATUS:
		vga->feature = value & 0x10;
		break;
	default:
		break;
	}
}
