/*
 * From the VGA to rows of pixels. Each row has a sum over all that it is drawn
 * from (memory, colours, what the registers say), and a row with the sum of the
 * last time is as it was.
 */
/* build: pure hot */
#include "guest/board/pc/vga_screen.h"

#include "guest/board/pc/vga_draw.h"
#include "guest/board/pc/vga_frame.h"
#include "guest/board/pc/vga_planes.h"
#include "lib/string.h"

#define SUM_FIRST 0xcbf29ce484222325ull
#define SUM_FACTOR 0x9e3779b97f4a7c15ull

static u64 add(u64 sum, u64 value)
{
	sum = (sum ^ value) * SUM_FACTOR;
	return sum ^ sum >> 32;
}

/*
 * Six bits as eight: the lowest bit thrice, as QEMU has it. (The highest bits
 * would be nearer to a monitor's voltages; no eye sees it, but a comparison.)
 */
static u32 eight_bits(const struct vga_dac *dac, u8 part)
{
	return dac->wide ? part : (u32)(part & 0x3f) << 2 | (part & 1u) * 3;
}

static u32 colour_of(const struct vga_dac *dac, u8 index)
{
	const u8 *part = dac->colour[index & dac->mask];

	return eight_bits(dac, part[0]) << 16 | eight_bits(dac, part[1]) << 8 |
	       eight_bits(dac, part[2]);
}

/* 16 colours go by the attribute controller's palette to the DAC. */
static u8 palette_of(const struct vga *vga, u8 index)
{
	u8 page = vga->attribute[ATTR_PAGE], colour = vga->attribute[index];

	bool all = (vga->attribute[ATTR_MODE] & ATTR_MODE_PAGE) != 0;
	u32 number = all ? (page & 0x0fu) << 4 | (colour & 0x0fu)
			 : (page & 0x0cu) << 4 | (colour & 0x3fu);

	return (u8)number;
}

static u32 take_colours(u32 *colour, const struct vga *vga,
			const struct vga_frame *frame)
{
	bool all = frame->kind == VGA_BYTES || frame->kind == VGA_PACKED;
	u32 colours = all ? 256 : 16;

	for (u32 i = 0; i < colours; i++) {
		colour[i] = colour_of(&vga->dac,
				      all ? (u8)i : palette_of(vga, (u8)i));
	}
	return colours;
}

/* What all rows are drawn from. */
static u64 sum_of_all(const struct vga_pen *pen, u32 colours)
{
	const struct vga_frame *frame = pen->frame;
	const struct vga *vga = pen->vga;
	u64 sum = SUM_FIRST;

	sum = add(sum, (u64)frame->kind << 32 | frame->columns);
	sum = add(sum, (u32)frame->bits << 8 | frame->cell);
	sum = add(sum, (u32)vga->attribute[ATTR_MODE] << 16 |
			       (u32)vga->attribute[ATTR_PLANES] << 8 |
			       vga->sequencer[SEQ_FONTS]);
	sum = add(sum, vga->crtc[CRTC_UNDERLINE]);
	if (frame->kind == VGA_TEXT) {
		sum = add(sum,
			  (u64)vga->font_changes << 32 | vga->plain_changes);
	}
	for (u32 i = 0; i < colours; i++) {
		sum = add(sum, pen->colour[i]);
	}
	return sum;
}

/* A row's memory; of text, with what blinks where something does. */
static u64 sum_of_planes(const struct vga_pen *pen, u32 place)
{
	bool blinks = pen->frame->kind == VGA_TEXT &&
		      (pen->vga->attribute[ATTR_MODE] & ATTR_MODE_BLINK) != 0;
	u32 clocks = pen->frame->columns + (pen->frame->pan != 0);
	u64 sum = SUM_FIRST;
	u32 seen = 0;

	for (u32 i = 0; i < clocks; i++) {
		u32 planes = vga_planes_at(pen->vga, place + i);

		sum = add(sum, planes);
		seen |= planes;
	}
	return blinks && (seen & 0x8000) != 0 ? add(sum, pen->show_text) : sum;
}

static u64 sum_of_packed(const struct vga_pen *pen, u32 at)
{
	u32 bytes = pen->frame->width * ((pen->frame->bits + 7u) / 8);
	u32 last = pen->vga->bytes / 4 - 1;
	u64 sum = SUM_FIRST;

	for (u32 i = at / 4; i < (at + bytes) / 4; i += 2) {
		sum = add(sum, (u64)*vga_dword_at(pen->vga, i & last) << 32 |
				       *vga_dword_at(pen->vga, (i + 1) & last));
	}
	return sum;
}

static u64 sum_of_memory(const struct vga_pen *pen, u32 place)
{
	switch (pen->frame->kind) {
	case VGA_BLANK:
		return SUM_FIRST;
	case VGA_PACKED:
		return sum_of_packed(pen, place);
	default:
		return sum_of_planes(pen, place);
	}
}

/* Never 0, which is a row that was not drawn yet. */
static u64 sum_of_row(const struct vga_pen *pen, const struct vga_row *row,
		      u32 place, u64 others)
{
	u64 sum = add(others, row->pan);

	if (pen->frame->kind == VGA_TEXT) {
		sum = add(sum, row->scan);
		sum = add(sum, (u32)vga_cursor_column(pen, place, row->scan));
	}
	return sum | 1;
}

static void draw_row(const struct vga_pen *pen, const struct vga_row *row,
		     u32 place, u32 *pixels)
{
	switch (pen->frame->kind) {
	case VGA_BLANK:
		memset(pixels, 0, pen->frame->width * sizeof(*pixels));
		break;
	case VGA_TEXT:
		vga_draw_text(pen, place, row->scan, pixels);
		break;
	case VGA_PLANAR:
		vga_draw_planar(pen, place, pixels);
		break;
	case VGA_CGA:
		vga_draw_cga(pen, place, pixels);
		break;
	case VGA_BYTES:
		vga_draw_bytes(pen, place, pixels);
		break;
	case VGA_PACKED:
		vga_draw_packed(pen, place, pixels);
		break;
	}
}

static u32 draw_rows(struct vga_screen *screen, const struct vga_pen *pen,
		     u64 all, const struct vga_sink *sink)
{
	const struct vga_frame *frame = pen->frame;
	struct vga_row row = vga_first_row(frame);
	u32 drawn = 0, last = ~0u;
	u64 memory = 0;

	for (; row.y < frame->height; vga_next_row(frame, &row)) {
		u32 place = vga_row_place(frame, pen->vga, &row);
		u32 y = row.y;
		u64 sum;

		if (place != last || y == 0) {
			memory = add(all, sum_of_memory(pen, place));
			last = place;
		}
		sum = sum_of_row(pen, &row, place, memory);
		if (sum != screen->sum[y]) {
			screen->sum[y] = sum;
			draw_row(pen, &row, place, screen->pixels);
			sink->row(sink->context, y,
				  screen->pixels + (frame->kind == VGA_BLANK
							    ? 0
							    : row.pan),
				  frame->width);
			drawn++;
		}
	}
	return drawn;
}

u32 vga_screen_draw(struct vga_screen *screen, const struct vga *vga,
		    const struct vga_blink *blink, const struct vga_sink *sink)
{
	struct vga_frame frame = vga_frame_of(vga);
	struct vga_pen pen = { .vga = vga,
			       .frame = &frame,
			       .colour = screen->colour,
			       .show_text = blink->text,
			       .show_cursor = blink->cursor };

	if (frame.height == 0) {
		return 0; /* a mode is being set */
	}
	if (frame.width != screen->width || frame.height != screen->height) {
		screen->width = frame.width;
		screen->height = frame.height;
		memset(screen->sum, 0, sizeof(screen->sum));
		sink->size(sink->context, frame.width, frame.height);
	}
	return draw_rows(screen, &pen,
			 sum_of_all(&pen,
				    take_colours(screen->colour, vga, &frame)),
			 sink);
}
