/*
 * Takes the screen from the console for a while. What is printed meanwhile is
 * there when the console has it back.
 */
#include "monitor/picture_screen.h"

#include "arch/clock.h"
#include "arch/console/console.h"
#include "arch/console/console_poll.h"
#include "arch/console/framebuffer.h"
#include "arch/console/input.h"
#include "arch/idle.h"
#include "lib/error.h"
#include "monitor/picture.h"

#define CHUNK_PIXELS 64u
#define LEAST_PIXELS 64u /* that the picture has room in */

/* Returns the checksum of all colours drawn. */
static u32 draw(const struct surface *screen)
{
	u32 checksum = PICTURE_CHECKSUM_START;
	rgb colours[CHUNK_PIXELS];

	for (u32 y = 0; y < screen->height && !input_interrupted(); y++) {
		for (u32 x = 0; x < screen->width; x += CHUNK_PIXELS) {
			u32 n = MIN(screen->width - x, CHUNK_PIXELS);
			const struct picture chunk = { colours, n, 1, 0, NULL };

			for (u32 i = 0; i < n; i++) {
				colours[i] =
					picture_colour((s32)(x + i), (s32)y,
						       (s32)screen->width,
						       (s32)screen->height);
				checksum =
					picture_checksum(checksum, colours[i]);
			}
			surface_draw_picture(screen, &chunk, 0, 1,
					     (struct rectangle){ x, y, n, 1 });
		}
		console_poll();
	}
	return checksum;
}

static void wait_for_key(void)
{
	u64 first = rdtsc();
	u64 ticks = clock_us_to_tsc(PICTURE_SHOWN_MS * 1000);

	while (input_count() == 0 && !input_interrupted() &&
	       !clock_has_passed(first, ticks)) {
		cpu_relax_idle();
		console_poll();
	}
	if (input_count() != 0) {
		(void)input_get();
	}
}

int picture_on_screen(void)
{
	const struct surface *screen = framebuffer_take();
	u32 checksum;

	if (screen == NULL) {
		return ERR_NOT_FOUND;
	}
	if (MIN(screen->width, screen->height) < LEAST_PIXELS) {
		framebuffer_give_back();
		return ERR_RANGE;
	}
	checksum = draw(screen);
	console_printf("picture: screen width=%u height=%u bits=%u pitch=%u "
		       "checksum=%08x\n",
		       screen->width, screen->height, screen->format.bytes * 8,
		       screen->pitch, checksum);
	wait_for_key();
	framebuffer_give_back();
	return input_interrupted() ? ERR_INTERRUPTED : 0;
}
