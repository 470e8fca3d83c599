/* Takes channels apart and puts them together. Pure. */
/* build: pure */
#include "arch/console/pixel_format.h"

#include "lib/error.h"

#define LEAST_BITS 15
#define MOST_BITS 32
#define CHANNEL_MAX 16 /* bits; the arithmetic below allows no more */

static bool fits(struct pixel_channel channel, u32 pixel_bits)
{
	return channel.bits <= CHANNEL_MAX &&
	       channel.position + channel.bits <= pixel_bits;
}

int pixel_format_init(struct pixel_format *format,
		      const struct bootinfo_framebuffer *framebuffer)
{
	u32 bits = framebuffer->bpp;

	if (framebuffer->type != BOOTINFO_FRAMEBUFFER_RGB ||
	    bits < LEAST_BITS || bits > MOST_BITS) {
		return ERR_UNSUPPORTED;
	}
	format->bytes = (bits + 7) / 8;
	format->red = (struct pixel_channel){ framebuffer->red_position,
					      framebuffer->red_bits };
	format->green = (struct pixel_channel){ framebuffer->green_position,
						framebuffer->green_bits };
	format->blue = (struct pixel_channel){ framebuffer->blue_position,
					       framebuffer->blue_bits };
	bits = format->bytes * 8;
	if (!fits(format->red, bits) || !fits(format->green, bits) ||
	    !fits(format->blue, bits) ||
	    format->red.bits + format->green.bits + format->blue.bits == 0) {
		return ERR_CORRUPT;
	}
	return 0;
}

/* The brightest stays the brightest, whatever the width. */
static u32 channel_of(struct pixel_channel channel, u32 value)
{
	u32 brightest = (1u << channel.bits) - 1;

	return channel.bits == 0
		       ? 0
		       : (value * brightest + 127) / 255 << channel.position;
}

u32 pixel_of(const struct pixel_format *format, rgb colour)
{
	return channel_of(format->red, colour >> 16 & 0xff) |
	       channel_of(format->green, colour >> 8 & 0xff) |
	       channel_of(format->blue, colour & 0xff);
}
