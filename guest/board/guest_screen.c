/*
 * Where a guest's picture is on the screen, and how large. All its pixels have
 * the same size, so that letters stay sharp.
 */
/* build: pure */
#include "guest/board/guest_screen.h"

#include "lib/string.h"

/* A VGA shows 70 pictures a second, and lets the cursor blink by them. */
#define FRAME_NS 14285714u
#define CURSOR_FRAMES 8u
#define TEXT_FRAMES 16u

/* How many of the screen's pixels one of the picture's has, or 0 for less than 1. */
static u32 scale_of(const struct surface *surface, u32 width, u32 height)
{
	return MIN(surface->width / width, surface->height / height);
}

/* The largest size of that shape, where the picture does not fit as it is. */
static void shrink(struct rectangle *area, const struct surface *surface,
		   u32 width, u32 height)
{
	if ((u64)surface->width * height <= (u64)surface->height * width) {
		area->width = surface->width;
		area->height = (u32)((u64)height * surface->width / width);
	} else {
		area->height = surface->height;
		area->width = (u32)((u64)width * surface->height / height);
	}
}

static void take_size(void *context, u32 width, u32 height)
{
	struct guest_screen *screen = context;
	const struct surface *surface = screen->surface;
	u32 scale = scale_of(surface, width, height);
	struct rectangle *area = &screen->area;

	area->width = width * scale;
	area->height = height * scale;
	if (scale == 0) {
		shrink(area, surface, width, height);
	}
	area->x = (surface->width - area->width) / 2;
	area->y = (surface->height - area->height) / 2;
	surface_clear(surface, (struct rectangle){ 0, 0, surface->width,
						   surface->height });
}

/* Of a picture that is smaller than it was, some rows are nowhere. */
static void take_row(void *context, u32 y, const u32 *pixels, u32 width)
{
	struct guest_screen *screen = context;
	u32 rows = screen->picture.height;
	u32 top = (u32)((u64)y * screen->area.height / rows);
	u32 end = (u32)((y + 1ull) * screen->area.height / rows);
	struct picture row = { .pixels = pixels,
			       .width = width,
			       .height = 1,
			       .pitch = width * (u32)sizeof(*pixels) };

	if (top != end) {
		surface_draw_picture(screen->surface, &row, 0, 1,
				     (struct rectangle){ screen->area.x,
							 screen->area.y + top,
							 screen->area.width,
							 end - top });
	}
}

void guest_screen_init(struct guest_screen *screen,
		       const struct surface *surface)
{
	memset(screen, 0, sizeof(*screen));
	screen->surface = surface;
}

u32 guest_screen_draw(struct guest_screen *screen, const struct vga *vga,
		      u64 now_ns)
{
	struct vga_sink sink = { take_size, take_row, screen };
	u64 frame = now_ns / FRAME_NS;
	struct vga_blink blink = { frame / TEXT_FRAMES % 2 == 0,
				   frame / CURSOR_FRAMES % 2 == 0 };

	return vga_screen_draw(&screen->picture, vga, &blink, &sink);
}
