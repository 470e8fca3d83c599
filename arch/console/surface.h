/*
 * A screen of pixels in memory, and what can be drawn on it: text cells, scaled
 * pictures, black. It is written only, never read, and in the order of its
 * addresses, for video memory is fast at nothing else. What reaches beyond it is
 * cut. Pure.
 */
#pragma once

#include "arch/console/pixel_format.h"
#include "lib/types.h"

struct surface {
	u8 *base; /* the top left pixel */
	u32 width, height;
	u32 pitch; /* bytes from one row to the next */
	struct pixel_format format;
};

/* In pixels; may reach beyond the surface to the right and below. */
struct rectangle {
	u32 x, y, width, height;
};

#define SURFACE_WIDTH_MAX 16384u
#define SURFACE_SCALE_MAX 4u
#define SURFACE_COLOURS 16u

/*
 * Describes the loader's framebuffer, whose base is left for the caller to set.
 * Errors as pixel_format_init()'s; ERR_CORRUPT also where the rows do not fit
 * the pitch, or there are none.
 */
int surface_init(struct surface *surface,
		 const struct bootinfo_framebuffer *framebuffer);

/* From its base to the end of its last row. */
u64 surface_bytes(const struct surface *surface);

void surface_clear(const struct surface *surface, struct rectangle area);

/* How cells are drawn: each pixel of the font as a square of scale pixels. */
struct cell_style {
	u32 scale;		    /* 1 to SURFACE_SCALE_MAX */
	u32 pixel[SURFACE_COLOURS]; /* as surface->format has them */
};

/*
 * Draws count cells of a text screen (a character, and the VGA's attribute
 * above) side by side, the first one's top left pixel at x, y.
 */
void surface_draw_cells(const struct surface *surface,
			const struct cell_style *style, u32 x, u32 y,
			const u16 *cells, u32 count);

/* Fills the lowest `rows` pixel rows of a cell at x, y with its colour 7. */
void surface_draw_cursor(const struct surface *surface,
			 const struct cell_style *style, u32 x, u32 y,
			 u32 rows);

/* A picture in memory: a byte a pixel with a palette, or an rgb a pixel. */
struct picture {
	const void *pixels;
	u32 width, height;  /* not 0 */
	u32 pitch;	    /* bytes from one row to the next */
	const rgb *palette; /* 256 colours for bytes; NULL: rgb pixels */
};

/*
 * Draws the picture's rows first_row .. end_row - 1 where they belong when all
 * of it fills `area`: each of its pixels becomes none, one or several.
 */
void surface_draw_picture(const struct surface *surface,
			  const struct picture *picture, u32 first_row,
			  u32 end_row, struct rectangle area);
