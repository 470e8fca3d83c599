/*
 * One row of each kind of picture, from memory to pixels. All draw a character
 * clock more than the frame's columns, where that fits, for panning.
 */
#pragma once

#include "guest/board/pc/vga_frame.h"

/* What a row is drawn with. */
struct vga_pen {
	const struct vga *vga;
	const struct vga_frame *frame;
	const u32 *colour; /* of the palette: 16 or 256 */
	bool show_text, show_cursor;
};

/* The cursor's column where a scan of a row shows it, or -1. */
s32 vga_cursor_column(const struct vga_pen *pen, u32 place, u8 scan);

/* pixels: VGA_ROW_PIXELS; place: of the row's first clock, or its first byte. */
void vga_draw_text(const struct vga_pen *pen, u32 place, u8 scan, u32 *pixels);
void vga_draw_planar(const struct vga_pen *pen, u32 place, u32 *pixels);
void vga_draw_cga(const struct vga_pen *pen, u32 place, u32 *pixels);
void vga_draw_bytes(const struct vga_pen *pen, u32 place, u32 *pixels);
void vga_draw_packed(const struct vga_pen *pen, u32 place, u32 *pixels);
