/*
 * A guest's VGA on a screen of pixels: as large as whole pixels of its go on the
 * screen, in the middle, with black around; smaller where it does not fit. Only
 * rows that have changed are drawn. Pure; any core may call it, one at a time,
 * while the guest runs on another.
 */
#pragma once

#include "arch/console/surface.h"
#include "guest/board/pc/vga_screen.h"

struct guest_screen {
	const struct surface *surface;
	struct rectangle area; /* where the picture is */
	struct vga_screen picture;
};

/* The screen, which belongs to the guest from then on. Nothing is drawn yet. */
void guest_screen_init(struct guest_screen *screen,
		       const struct surface *surface);

/*
 * Draws what has changed since the last call. now_ns: the guest's time, by which
 * text and cursor blink. Returns the number of the picture's rows drawn.
 */
u32 guest_screen_draw(struct guest_screen *screen, const struct vga *vga,
		      u64 now_ns);
