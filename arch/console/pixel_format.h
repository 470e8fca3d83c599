/*
 * How a colour is written into a pixel: any order and width of the channels,
 * in 2, 3 or 4 bytes, the lowest byte first. Pure.
 */
#pragma once

#include "boot/bootinfo.h"
#include "lib/types.h"

/* A colour, whatever the screen: red in bits 23:16, green, blue. */
typedef u32 rgb;

struct pixel_channel {
	u8 position; /* its lowest bit */
	u8 bits;     /* 0: the pixel has no such channel */
};

struct pixel_format {
	u32 bytes; /* of a pixel: 2, 3 or 4 */
	struct pixel_channel red, green, blue;
};

#define PIXEL_BYTES_MAX 4u

/*
 * The format of the loader's framebuffer. ERR_UNSUPPORTED: it is no direct
 * colour of 15 to 32 bits. ERR_CORRUPT: a channel reaches beyond the pixel, or
 * there is none at all.
 */
int pixel_format_init(struct pixel_format *format,
		      const struct bootinfo_framebuffer *framebuffer);

/* The pixel of that colour, in the low bytes. */
u32 pixel_of(const struct pixel_format *format, rgb colour);
