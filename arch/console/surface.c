/*
 * Draws. Four pixels of a glyph's row, in two colours, are one of sixteen
 * patterns; so a glyph is two copies of a pattern for each row. Pure.
 */
/* build: pure hot */
#include "arch/console/surface.h"

#include "arch/console/font.h"
#include "lib/error.h"
#include "lib/string.h"

#define NIBBLE_PIXELS 4u
#define PATTERN_BYTES (NIBBLE_PIXELS * PIXEL_BYTES_MAX * SURFACE_SCALE_MAX)
#define CHUNK_PIXELS 64u
#define CLEARED_WORDS 32u

int surface_init(struct surface *surface,
		 const struct bootinfo_framebuffer *framebuffer)
{
	int err = pixel_format_init(&surface->format, framebuffer);

	surface->base = NULL;
	surface->width = framebuffer->width;
	surface->height = framebuffer->height;
	surface->pitch = framebuffer->pitch;
	if (err == 0 &&
	    (surface->width == 0 || surface->height == 0 ||
	     surface->width > SURFACE_WIDTH_MAX ||
	     surface->height > SURFACE_WIDTH_MAX ||
	     surface->pitch < surface->width * surface->format.bytes)) {
		return ERR_CORRUPT;
	}
	return err;
}

u64 surface_bytes(const struct surface *surface)
{
	return (u64)surface->pitch * (surface->height - 1) +
	       surface->width * surface->format.bytes;
}

static u8 *pixel_at(const struct surface *surface, u32 x, u32 y)
{
	return surface->base + (size_t)y * surface->pitch +
	       (size_t)x * surface->format.bytes;
}

/* What of the length from `from` on is before `limit`. */
static u32 within(u32 from, u32 length, u32 limit)
{
	return from >= limit ? 0 : MIN(length, limit - from);
}

typedef u64 word_any __attribute__((may_alias, aligned(1)));

/* A whole screen is millions of bytes, so the loop's own part is kept small. */
static void clear_bytes(u8 *to, size_t bytes)
{
	for (; bytes >= CLEARED_WORDS * sizeof(u64);
	     bytes -= CLEARED_WORDS * sizeof(u64)) {
#pragma GCC unroll 32
		for (u32 i = 0; i < CLEARED_WORDS; i++) {
			((volatile word_any *)to)[i] = 0;
		}
		to += CLEARED_WORDS * sizeof(u64);
	}
	memset(to, 0, bytes);
}

void surface_clear(const struct surface *surface, struct rectangle area)
{
	u32 width = within(area.x, area.width, surface->width);
	u32 height = within(area.y, area.height, surface->height);

	/* A row may lie beyond the memory if it has no pixel in it. */
	for (u32 y = 0; y < height && width != 0; y++) {
		clear_bytes(pixel_at(surface, area.x, area.y + y),
			    width * surface->format.bytes);
	}
}

static void store_pixel(u8 *to, u32 pixel, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++) {
		to[i] = (u8)(pixel >> 8 * i);
	}
}

/* The colours of one attribute, as patterns; the first pixel is bit 3. */
struct brush {
	u16 attribute;
	u32 pattern_bytes; /* a multiple of 4 */
	u8 pattern[16][PATTERN_BYTES];
};

/*
 * Each pixel is stored as 4 bytes, which is one access; what is too much is the
 * next one's, or beyond what is used.
 */
static void make_brush(struct brush *brush, const struct surface *surface,
		       const struct cell_style *style, u16 attribute)
{
	u32 bytes = surface->format.bytes;
	u32 colours[2] = { style->pixel[attribute >> 12],
			   style->pixel[attribute >> 8 & 0xf] };

	brush->attribute = attribute;
	brush->pattern_bytes = NIBBLE_PIXELS * style->scale * bytes;
	for (u32 nibble = 0; nibble < 16; nibble++) {
		u8 *to = brush->pattern[nibble];

		for (u32 bit = NIBBLE_PIXELS; bit-- > 0;) {
			u32 pixel = colours[nibble >> bit & 1];

			for (u32 i = 0; i < style->scale; i++) {
				__builtin_memcpy(to, &pixel, sizeof(pixel));
				to += bytes;
			}
		}
	}
}

/* In words, since calls would cost more; video memory bears any address. */
static void copy_pattern(u8 *to, const u8 *from, size_t bytes)
{
	/* Most screens' pixels have 4 bytes, and the scale is 1. */
	if (bytes == NIBBLE_PIXELS * sizeof(u32)) {
		__builtin_memcpy(to, from, NIBBLE_PIXELS * sizeof(u32));
		return;
	}
	for (; bytes >= sizeof(u64); bytes -= sizeof(u64)) {
		__builtin_memcpy(to, from, sizeof(u64));
		to += sizeof(u64);
		from += sizeof(u64);
	}
	if (bytes != 0) {
		__builtin_memcpy(to, from, sizeof(u32));
	}
}

/* So many cells of one attribute; all of them are on the surface. */
static void draw_run(const struct surface *surface, const struct brush *brush,
		     u32 scale, u8 *to, const u16 *cells, u32 count)
{
	for (u32 y = 0; y < FONT_HEIGHT * scale; y++) {
		u32 row = scale == 1 ? y : y / scale;
		u8 *at = to;

		for (u32 i = 0; i < count; i++) {
			u8 bits = font_glyph((u8)cells[i])[row];

			copy_pattern(at, brush->pattern[bits >> 4],
				     brush->pattern_bytes);
			at += brush->pattern_bytes;
			copy_pattern(at, brush->pattern[bits & 0xf],
				     brush->pattern_bytes);
			at += brush->pattern_bytes;
		}
		to += surface->pitch;
	}
}

static bool has_room(const struct surface *surface,
		     const struct cell_style *style, u32 x, u32 y)
{
	return within(y, FONT_HEIGHT * style->scale, surface->height) ==
		       FONT_HEIGHT * style->scale &&
	       within(x, FONT_WIDTH * style->scale, surface->width) ==
		       FONT_WIDTH * style->scale;
}

void surface_draw_cells(const struct surface *surface,
			const struct cell_style *style, u32 x, u32 y,
			const u16 *cells, u32 count)
{
	u32 width = FONT_WIDTH * style->scale;
	struct brush brush;
	bool made = false;

	if (!has_room(surface, style, x, y)) {
		return;
	}
	count = MIN(count, (surface->width - x) / width);
	for (u32 i = 0, run; i < count; i += run) {
		u16 attribute = cells[i] & 0xff00;

		for (run = 1;
		     i + run < count && (cells[i + run] & 0xff00) == attribute;
		     run++) {}
		if (!made || brush.attribute != attribute) {
			make_brush(&brush, surface, style, attribute);
			made = true;
		}
		draw_run(surface, &brush, style->scale,
			 pixel_at(surface, x + i * width, y), cells + i, run);
	}
}

void surface_draw_cursor(const struct surface *surface,
			 const struct cell_style *style, u32 x, u32 y, u32 rows)
{
	u32 height = FONT_HEIGHT * style->scale;

	if (!has_room(surface, style, x, y)) {
		return;
	}
	for (u32 row = height - MIN(rows * style->scale, height); row < height;
	     row++) {
		u8 *to = pixel_at(surface, x, y + row);

		for (u32 i = 0; i < FONT_WIDTH * style->scale; i++) {
			store_pixel(to + i * surface->format.bytes,
				    style->pixel[7], surface->format.bytes);
		}
	}
}

/* Where the picture's row or column `at` of `count` begins in `length` pixels. */
static u32 scaled(u32 at, u32 count, u32 length)
{
	return (u32)(((u64)at * length + count - 1) / count);
}

static rgb picture_pixel(const struct picture *picture, u32 x, u32 y)
{
	const u8 *row =
		(const u8 *)picture->pixels + (size_t)y * picture->pitch;
	rgb colour;

	if (picture->palette != NULL) {
		return picture->palette[row[x]];
	}
	__builtin_memcpy(&colour, row + (size_t)x * sizeof(rgb),
			 sizeof(colour));
	return colour;
}

/* Pixels first .. first + count - 1 of a row of the area, as the screen's. */
static void make_chunk(const struct surface *surface,
		       const struct picture *picture, u32 row, u32 area_width,
		       u32 first, u32 count, u8 *to)
{
	u64 at = (u64)first * picture->width;
	u32 x = (u32)(at / area_width);
	u32 rest = (u32)(at % area_width);
	u32 bytes = surface->format.bytes;
	u32 last = UINT32_MAX;
	u32 pixel = 0;

	for (u32 i = 0; i < count; i++) {
		if (x != last) {
			pixel = pixel_of(&surface->format,
					 picture_pixel(picture, x, row));
			last = x;
		}
		store_pixel(to + i * bytes, pixel, bytes);
		rest += picture->width;
		while (rest >= area_width) {
			rest -= area_width;
			x++;
		}
	}
}

void surface_draw_picture(const struct surface *surface,
			  const struct picture *picture, u32 first_row,
			  u32 end_row, struct rectangle area)
{
	u32 width = within(area.x, area.width, surface->width);
	u32 height = within(area.y, area.height, surface->height);
	u8 chunk[CHUNK_PIXELS * PIXEL_BYTES_MAX];

	end_row = MIN(end_row, picture->height);
	for (u32 row = first_row; row < end_row; row++) {
		u32 top =
			MIN(scaled(row, picture->height, area.height), height);
		u32 end = MIN(scaled(row + 1, picture->height, area.height),
			      height);

		for (u32 x = 0, n; x < width && top < end; x += n) {
			n = MIN(width - x, CHUNK_PIXELS);
			make_chunk(surface, picture, row, area.width, x, n,
				   chunk);
			for (u32 y = top; y < end; y++) {
				memcpy(pixel_at(surface, area.x + x,
						area.y + y),
				       chunk, n * surface->format.bytes);
			}
		}
	}
}
