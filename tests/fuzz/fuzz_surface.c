/*
 * arch/console/surface.c and pixel_format.c: any screen that the loader may
 * tell of, in a block of just its size; cells, pictures and black at any place.
 * Each pixel is compared with what a plain model says.
 *
 * An input is the loader's words for the screen, then orders of what to draw.
 */
#include "arch/console/font.h"
#include "arch/console/surface.h"
#include "tests/fuzz/fuzz.h"

#define MOST_BYTES 20000u
#define CELLS 5u
#define SIZE 9u /* of the largest picture */

static const u32 untouched = 0x5a5a5a5a;

static struct surface surface;
static struct cell_style style;
static u32 *model; /* what each pixel is */

static u32 pixel_mask(void)
{
	return surface.format.bytes == 4 ? UINT32_MAX
					 : (1u << 8 * surface.format.bytes) - 1;
}

static void set(u32 x, u32 y, u32 pixel)
{
	model[y * surface.width + x] = pixel & pixel_mask();
}

static void draw_cells(struct fuzz_input *in)
{
	u32 x = (u32)fuzz_take_number(in);
	u32 y = (u32)fuzz_take_number(in);
	u32 count = (u32)fuzz_take(in, 1) % (CELLS + 1);
	u32 width = FONT_WIDTH * style.scale;
	u32 height = FONT_HEIGHT * style.scale;
	u16 cells[CELLS];

	for (u32 i = 0; i < CELLS; i++) {
		cells[i] = (u16)fuzz_take(in, 2);
	}
	surface_draw_cells(&surface, &style, x, y, cells, count);
	if ((u64)y + height > surface.height) {
		return;
	}
	for (u32 i = 0; i < count; i++) {
		const u8 *glyph = font_glyph((u8)cells[i]);

		if ((u64)x + (i + 1) * width > surface.width) {
			return;
		}
		for (u32 at = 0; at < width * height; at++) {
			u32 column = at % width / style.scale;
			bool ink = glyph[at / width / style.scale] &
				   0x80u >> column;

			set(x + i * width + at % width, y + at / width,
			    style.pixel[ink ? cells[i] >> 8 & 0xf
					    : cells[i] >> 12]);
		}
	}
}

static struct rectangle take_area(struct fuzz_input *in)
{
	return (struct rectangle){ (u32)fuzz_take_number(in),
				   (u32)fuzz_take_number(in),
				   (u32)fuzz_take_number(in),
				   (u32)fuzz_take_number(in) };
}

static bool is_in(struct rectangle area, u32 x, u32 y)
{
	return x >= area.x && x - area.x < area.width && y >= area.y &&
	       y - area.y < area.height;
}

static void clear(struct fuzz_input *in)
{
	struct rectangle area = take_area(in);

	surface_clear(&surface, area);
	for (u32 y = 0; y < surface.height; y++) {
		for (u32 x = 0; x < surface.width; x++) {
			if (is_in(area, x, y)) {
				set(x, y, 0);
			}
		}
	}
}

static void draw_picture(struct fuzz_input *in)
{
	struct rectangle area = take_area(in);
	u32 width = (u32)fuzz_take(in, 1) % SIZE + 1;
	u32 height = (u32)fuzz_take(in, 1) % SIZE + 1;
	u32 first = (u32)fuzz_take(in, 1) % (SIZE + 2);
	u32 end = (u32)fuzz_take(in, 1) % (SIZE + 2);
	rgb *pixels = malloc(width * height * sizeof(rgb));
	struct picture picture = { pixels, width, height,
				   width * (u32)sizeof(rgb), NULL };

	for (u32 i = 0; i < width * height; i++) {
		pixels[i] = (u32)fuzz_take(in, 1) * 0x030509 & 0xffffff;
	}
	surface_draw_picture(&surface, &picture, first, end, area);
	for (u32 y = 0; y < surface.height; y++) {
		for (u32 x = 0; x < surface.width; x++) {
			u32 row, column;

			if (!is_in(area, x, y)) {
				continue;
			}
			row = (u32)((u64)(y - area.y) * height / area.height);
			column = (u32)((u64)(x - area.x) * width / area.width);
			if (row >= first && row < end) {
				set(x, y,
				    pixel_of(&surface.format,
					     pixels[row * width + column]));
			}
		}
	}
	free(pixels);
}

static void compare(const u8 *memory)
{
	u32 used = surface.width * surface.format.bytes;

	for (u32 y = 0; y < surface.height; y++) {
		const u8 *row = memory + (size_t)y * surface.pitch;

		for (u32 x = 0; x < surface.width; x++) {
			u32 pixel = 0;

			memcpy(&pixel, row + x * surface.format.bytes,
			       surface.format.bytes);
			CHECK(pixel == model[y * surface.width + x]);
		}
		for (u32 i = used; y + 1 < surface.height && i < surface.pitch;
		     i++) {
			CHECK(row[i] == (u8)untouched);
		}
	}
}

static struct bootinfo_framebuffer take_framebuffer(struct fuzz_input *in)
{
	struct bootinfo_framebuffer framebuffer = {
		.present = true,
		.type = (u8)(fuzz_take(in, 1) % 8 == 7
				     ? BOOTINFO_FRAMEBUFFER_INDEXED
				     : BOOTINFO_FRAMEBUFFER_RGB),
		.bpp = (u8)fuzz_take(in, 1),
		.width = (u32)fuzz_take_number(in),
		.height = (u32)fuzz_take_number(in),
		.pitch = (u32)fuzz_take_number(in),
	};

	framebuffer.red_position = (u8)fuzz_take(in, 1);
	framebuffer.red_bits = (u8)fuzz_take(in, 1);
	framebuffer.green_position = (u8)fuzz_take(in, 1);
	framebuffer.green_bits = (u8)fuzz_take(in, 1);
	framebuffer.blue_position = (u8)fuzz_take(in, 1);
	framebuffer.blue_bits = (u8)fuzz_take(in, 1);
	return framebuffer;
}

static void draw(struct fuzz_input *in)
{
	static void (*const orders[])(struct fuzz_input * in) = {
		draw_cells,
		clear,
		draw_picture,
	};
	u8 *memory = malloc(surface_bytes(&surface));

	memset(memory, (u8)untouched, surface_bytes(&surface));
	surface.base = memory;
	model = malloc(surface.width * surface.height * sizeof(*model));
	for (u32 i = 0; i < surface.width * surface.height; i++) {
		model[i] = untouched & pixel_mask();
	}
	style.scale = (u32)fuzz_take(in, 1) % SURFACE_SCALE_MAX + 1;
	for (u32 i = 0; i < SURFACE_COLOURS; i++) {
		style.pixel[i] = pixel_of(&surface.format, i * 0x0f1011);
	}
	for (u32 i = 0; i < 4 && in->left != 0; i++) {
		orders[fuzz_take(in, 1) % ARRAY_SIZE(orders)](in);
	}
	compare(memory);
	free(model);
	free(memory);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct fuzz_input in = { data, bytes };
	struct bootinfo_framebuffer framebuffer = take_framebuffer(&in);
	int err = surface_init(&surface, &framebuffer);

	CHECK(err == 0 || err == ERR_UNSUPPORTED || err == ERR_CORRUPT);
	if (err == 0) {
		CHECK(surface.width != 0 && surface.height != 0);
		CHECK(surface.pitch >=
		      surface.width * ((framebuffer.bpp + 7u) / 8));
		if (surface_bytes(&surface) <= MOST_BYTES) {
			draw(&in);
		}
	}
	return 0;
}
