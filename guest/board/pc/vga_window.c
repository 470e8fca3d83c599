/*
 * Which part of the window answers, and whether it is plain memory now: text as
 * the BIOS sets it up, 256 colours of mode 13h, and VBE's pictures. There the
 * guest reads and writes memory, and nobody has to look.
 *
 * Text is plain by lying apart: in the planes a character and its attribute are
 * not side by side.
 */
/* build: pure */
#include "guest/board/pc/vga_registers.h"
#include "guest/board/pc/vga_window.h"

#define TEXT_PLACES (VGA_TEXT_BYTES / 2)

/* By bits 3 and 2 of the miscellaneous register of the graphics controller. */
static const struct {
	u32 at, bytes;
} windows[4] = {
	{ 0, 0x20000 }, { 0, 0x10000 }, { 0x10000, 0x8000 }, { 0x18000, 0x8000 }
};

/* Whether what is written reaches the chosen planes as it is, and reads too. */
static bool logic_is_neutral(const struct vga *vga)
{
	const u8 *graphics = vga->graphics;

	return graphics[GFX_SET_ENABLE] == 0 && graphics[GFX_ROTATE] == 0 &&
	       graphics[GFX_BIT_MASK] == 0xff &&
	       (graphics[GFX_MODE] & (GFX_MODE_READ_COMPARES | 3)) == 0;
}

static bool is_linear(const struct vga *vga)
{
	return (vga->sequencer[SEQ_MEMORY] & SEQ_MEMORY_CHAIN4) != 0 &&
	       vga->sequencer[SEQ_PLANES] == 15 &&
	       (vga->crtc[CRTC_UNDERLINE] & CRTC_UNDERLINE_DWORD) != 0;
}

/* Even addresses are plane 0's and odd ones plane 1's, without a gap. */
static bool is_text(const struct vga *vga)
{
	return vga->window_bytes == VGA_TEXT_BYTES &&
	       (vga->sequencer[SEQ_MEMORY] &
		(SEQ_MEMORY_CHAIN4 | SEQ_MEMORY_SEQUENTIAL)) == 0 &&
	       vga->sequencer[SEQ_PLANES] == 3 &&
	       (vga->graphics[GFX_MODE] & GFX_MODE_ODD_EVEN) != 0 &&
	       vga->graphics[GFX_READ_PLANE] < 2 &&
	       (vga->crtc[CRTC_UNDERLINE] & CRTC_UNDERLINE_DWORD) == 0 &&
	       (vga->crtc[CRTC_MODE] & CRTC_MODE_BYTE) == 0;
}

static enum vga_path path_of(const struct vga *vga)
{
	if (vga_vbe_is_packed(vga)) {
		return VGA_PATH_LINEAR;
	}
	if (vga_vbe_is_on(vga) || !logic_is_neutral(vga)) {
		return VGA_PATH_LOGIC;
	}
	return is_linear(vga) ? VGA_PATH_LINEAR
	       : is_text(vga) ? VGA_PATH_TEXT
			      : VGA_PATH_LOGIC;
}

static void planes_to_text(struct vga *vga)
{
	for (u32 i = 0; i < TEXT_PLACES; i++) {
		vga->text[2 * i] = vga->memory[4 * i];
		vga->text[2 * i + 1] = vga->memory[4 * i + 1];
	}
}

static void text_to_planes(struct vga *vga)
{
	for (u32 i = 0; i < TEXT_PLACES; i++) {
		vga->memory[4 * i] = vga->text[2 * i];
		vga->memory[4 * i + 1] = vga->text[2 * i + 1];
	}
}

static void change_path(struct vga *vga, enum vga_path path)
{
	if (path == VGA_PATH_TEXT) {
		planes_to_text(vga);
	} else if (vga->path == VGA_PATH_TEXT) {
		text_to_planes(vga);
	}
	vga->path = path;
}

void vga_window_update(struct vga *vga)
{
	u8 map = vga_vbe_is_on(vga) ? 1 : vga->graphics[GFX_MISC] >> 2 & 3;
	struct vga_plain before, after;
	enum vga_path path;

	vga_plain(vga, &before);
	vga->window = windows[map].at;
	vga->window_bytes = windows[map].bytes;
	vga->bank = vga_vbe_is_on(vga)
			    ? vga->vbe.at[VBE_BANK] * VGA_VBE_BANK_BYTES
			    : 0;
	path = path_of(vga);
	if (path != vga->path) {
		change_path(vga, path);
	}
	vga_plain(vga, &after);
	if (before.at != after.at || before.bytes != after.bytes ||
	    before.memory != after.memory) {
		vga->plain_changes++;
	}
}

void vga_plain(const struct vga *vga, struct vga_plain *plain)
{
	if (vga->path == VGA_PATH_LOGIC) {
		*plain = (struct vga_plain){ 0 };
		return;
	}
	plain->at = vga->window;
	plain->bytes = vga->window_bytes;
	plain->memory = vga->path == VGA_PATH_TEXT ? vga->text
						   : vga->memory + vga->bank;
}
