/*
 * The CRT controller's part: which rows there are, and where each begins in
 * memory. IBM's reference, "CRT Controller Registers". Sizes are those that QEMU
 * gives a picture: all that is displayed, without the border.
 */
/* build: pure */
#include "guest/board/pc/vga_frame.h"

#include "guest/board/pc/vga_registers.h"

#define NO_COMPARE 0xffffffffu
#define DOTS_8 8
#define DOTS_9 9

u32 vga_crtc_lines(const struct vga *vga, u8 index, u8 bit8, u8 bit9)
{
	u8 overflow = vga->crtc[CRTC_OVERFLOW];

	return vga->crtc[index] | (overflow >> bit8 & 1u) << 8 |
	       (overflow >> bit9 & 1u) << 9;
}

static bool is_blank(const struct vga *vga)
{
	return (vga->attribute_index & ATTR_INDEX_DISPLAY) == 0 ||
	       (vga->sequencer[SEQ_CLOCKING] & SEQ_CLOCKING_OFF) != 0;
}

static enum vga_kind kind_of(const struct vga *vga)
{
	if (vga_vbe_is_packed(vga)) {
		return VGA_PACKED;
	}
	if (vga_vbe_is_on(vga)) {
		return VGA_PLANAR;
	}
	if ((vga->graphics[GFX_MISC] & GFX_MISC_GRAPHICS) == 0) {
		return VGA_TEXT;
	}
	switch (vga->graphics[GFX_MODE] >> 5 & 3) {
	case 0:
		return VGA_PLANAR;
	case 1:
		return VGA_CGA;
	default:
		return VGA_BYTES;
	}
}

static void take_vbe(struct vga_frame *frame, const struct vga *vga)
{
	const u16 *at = vga->vbe.at;

	frame->width = at[VBE_WIDTH];
	frame->height = at[VBE_HEIGHT];
	frame->columns = frame->width / DOTS_8;
	frame->cell = DOTS_8;
	frame->bits = (u8)at[VBE_DEPTH];
	frame->scans = 1;
	frame->start = vga->vbe.start;
	frame->pitch = vga->vbe.line_bytes;
	frame->compare = NO_COMPARE;
	if (frame->kind == VGA_PLANAR) {
		frame->start /= 4;
		frame->pitch /= 4;
	}
}

static u32 compare_of(const struct vga *vga)
{
	return vga->crtc[CRTC_COMPARE] |
	       (vga->crtc[CRTC_OVERFLOW] >> 4 & 1u) << 8 |
	       (vga->crtc[CRTC_SCANS] >> 6 & 1u) << 9;
}

/* With nine dots 8 is none, and less is one more; 256 colours count by two. */
static u8 pan_of(const struct vga *vga, const struct vga_frame *frame)
{
	u8 pan = vga->attribute[ATTR_PAN];

	if (frame->kind == VGA_TEXT && frame->cell == DOTS_9) {
		return pan < DOTS_8 ? pan + 1 : 0;
	}
	if (frame->kind != VGA_TEXT) {
		pan &= 7;
	}
	pan = pan < DOTS_8 ? pan : 0;
	if (frame->kind == VGA_BYTES) {
		return pan & 6;
	}
	return frame->cell > DOTS_9 ? pan * 2 : pan;
}

/* A text picture has whole characters alone. */
static void take_size(struct vga_frame *frame, const struct vga *vga)
{
	u8 clocking = vga->sequencer[SEQ_CLOCKING];
	u32 lines = vga_crtc_lines(vga, CRTC_V_END, 1, 6) + 1;
	u32 character = (u32)frame->scans << frame->doubled;

	frame->columns = vga->crtc[CRTC_H_END] + 1u;
	frame->cell = DOTS_8;
	if (frame->kind != VGA_BYTES && (clocking & SEQ_CLOCKING_HALF) != 0) {
		frame->cell = 2 * DOTS_8;
	} else if (frame->kind == VGA_TEXT &&
		   (clocking & SEQ_CLOCKING_8_DOTS) == 0) {
		frame->cell = DOTS_9;
	}
	frame->width = MIN(frame->columns * frame->cell, VGA_MAX_WIDTH);
	frame->height =
		frame->kind == VGA_TEXT ? lines / character * character : lines;
}

static void take_crtc(struct vga_frame *frame, const struct vga *vga)
{
	const u8 *crtc = vga->crtc;

	frame->scans = (crtc[CRTC_SCANS] & 0x1f) + 1;
	frame->doubled = (crtc[CRTC_SCANS] & CRTC_SCANS_DOUBLE) != 0;
	take_size(frame, vga);
	frame->start = (u32)crtc[CRTC_START_HIGH] << 8 | crtc[CRTC_START_LOW];
	frame->start += crtc[CRTC_PRESET] >> 5 & 3;
	frame->pitch = 2u * crtc[CRTC_PITCH];
	frame->compare = compare_of(vga);
	frame->preset = crtc[CRTC_PRESET] & 0x1f;
	frame->pan = pan_of(vga, frame);
	frame->pan_split =
		(vga->attribute[ATTR_MODE] & ATTR_MODE_PAN_SPLIT) != 0;
	if (frame->kind != VGA_TEXT) {
		frame->cga = (crtc[CRTC_MODE] & CRTC_MODE_NO_CGA) == 0;
		frame->hercules =
			(crtc[CRTC_MODE] & CRTC_MODE_NO_HERCULES) == 0;
	}
}

struct vga_frame vga_frame_of(const struct vga *vga)
{
	struct vga_frame frame = { .kind = kind_of(vga) };

	if (vga_vbe_is_on(vga)) {
		take_vbe(&frame, vga);
	} else {
		take_crtc(&frame, vga);
	}
	if (is_blank(vga)) {
		frame.kind = VGA_BLANK;
	}
	return frame;
}

struct vga_row vga_first_row(const struct vga_frame *frame)
{
	return (struct vga_row){ .place = frame->start,
				 .scan = frame->preset,
				 .pan = frame->pan };
}

void vga_next_row(const struct vga_frame *frame, struct vga_row *row)
{
	if (frame->doubled && !row->again) {
		row->again = true;
	} else {
		row->again = false;
		row->scan++;
	}
	if (row->scan >= frame->scans) {
		row->scan = 0;
		row->place += frame->pitch;
	}
	if (row->y == frame->compare) {
		row->place = 0;
		row->scan = 0;
		row->again = false;
		row->pan = frame->pan_split ? 0 : row->pan;
	}
	row->y++;
}

/*
 * In word mode a place is two addresses, so address bit 13 is bit 12 of a place;
 * in byte mode both are the same.
 */
u32 vga_row_place(const struct vga_frame *frame, const struct vga *vga,
		  const struct vga_row *row)
{
	u8 shift = vga->crtc[CRTC_MODE] & CRTC_MODE_BYTE ? 13 : 12;
	u32 place = row->place;

	if (frame->cga) {
		place = (place & ~(1u << shift)) | (row->scan & 1u) << shift;
	}
	if (frame->hercules) {
		place = (place & ~0x2000u) | (row->scan >> 1 & 1u) << 13;
	}
	return place;
}
