/* What the registers make of a picture: its kind, its size, where its rows are. */
#pragma once

#include "guest/board/pc/vga.h"

enum vga_kind {
	VGA_BLANK,
	VGA_TEXT,
	VGA_PLANAR, /* 16 colours, a bit of each plane */
	VGA_CGA,    /* 4 colours, pairs of bits by turns in planes 0 and 1 */
	VGA_BYTES,  /* 256 colours, a byte of each plane by turns, twice wide */
	VGA_PACKED, /* VBE: `bits` side by side */
};

struct vga_frame {
	enum vga_kind kind;
	u32 width, height; /* pixels */
	u32 columns;	   /* characters, or character clocks */
	u8 cell;	   /* pixels of one: 8, 9 or 16 */
	u8 bits;	   /* a pixel, where packed */
	u8 scans;	   /* rows of a character, or of a line of memory */
	bool doubled;	   /* each twice */
	u32 start, pitch;  /* places of the planes, or bytes where packed */
	u32 compare;	/* the last row before the split, which is of place 0 */
	u8 preset;	/* the first row's scan */
	u8 pan;		/* dots to the left */
	bool pan_split; /* the split is not panned */
	bool cga, hercules; /* a scan's bits 0 and 1 are address bits */
};

struct vga_frame vga_frame_of(const struct vga *vga);

/* A row's place in memory. It begins with the first row's. */
struct vga_row {
	u32 y, place;
	u8 scan, pan;
	bool again; /* the second of a doubled one */
};

struct vga_row vga_first_row(const struct vga_frame *frame);
void vga_next_row(const struct vga_frame *frame, struct vga_row *row);

/* The place with the bits of a scan that CGA and Hercules have in it. */
u32 vga_row_place(const struct vga_frame *frame, const struct vga *vga,
		  const struct vga_row *row);

/* Bits 8 and 9 of a number of lines are elsewhere. */
u32 vga_crtc_lines(const struct vga *vga, u8 index, u8 bit8, u8 bit9);
