/*
 * The picture of a VGA: rows of 32-bit pixels, of which only those are made and
 * given away that have changed since the last time. It reads the VGA and writes
 * nothing there, so that another core may draw while the guest runs.
 */
#pragma once

#include "guest/board/pc/vga.h"

/* A character clock more than the width, for panning. */
#define VGA_ROW_PIXELS (VGA_MAX_WIDTH + 32)

/* Where a picture goes. */
struct vga_sink {
	/* The picture has another size from now on; all rows follow. */
	void (*size)(void *context, u32 width, u32 height);
	/* A row, y from 0; pixels are 00RRGGBBh. */
	void (*row)(void *context, u32 y, const u32 *pixels, u32 width);
	void *context;
};

/* What comes and goes by itself: text and the cursor while it is true. */
struct vga_blink {
	bool text, cursor;
};

/* Zero when it begins, and then the drawing's own: what was drawn last. */
struct vga_screen {
	u32 width, height;
	u64 sum[VGA_MAX_HEIGHT]; /* of all that a row was drawn from */
	u32 colour[256];
	u32 pixels[VGA_ROW_PIXELS];
};

/* Draws what has changed. The number of rows that have. */
u32 vga_screen_draw(struct vga_screen *screen, const struct vga *vga,
		    const struct vga_blink *blink, const struct vga_sink *sink);
