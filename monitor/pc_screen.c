/* Takes the screen, draws on it at a person's pace, and gives it back. */
#include "monitor/pc_screen.h"

#include "arch/clock.h"
#include "arch/console/framebuffer.h"
#include "arch/console/log.h"
#include "arch/mem/pages.h"
#include "guest/board/guest_screen.h"

#define BETWEEN_US 33000u
/* A core that has a guest spends a third of its time here at most. */
#define GUEST_TIMES 2u

#define SCREEN_PAGES ((sizeof(struct guest_screen) + PAGE_SIZE - 1) / PAGE_SIZE)

static struct guest_screen *screen; /* NULL: nobody has it */
static const struct vga *shown;
static u64 next_us;

void pc_screen_begin(const struct vga *vga)
{
	const struct surface *surface = framebuffer_take();

	if (surface == NULL) {
		return;
	}
	screen = pages_get(SCREEN_PAGES);
	if (screen == NULL) {
		framebuffer_give_back();
		log_warn("no memory for a picture of the PC's screen; 'screen' "
			 "tells its text");
		return;
	}
	guest_screen_init(screen, surface);
	shown = vga;
	next_us = 0;
}

void pc_screen_draw(void)
{
	u64 now = clock_us();

	if (screen != NULL && now >= next_us) {
		guest_screen_draw(screen, shown, now * 1000);
		next_us = now + BETWEEN_US;
	}
}

void pc_screen_draw_between(void)
{
	u64 now = clock_us(), end;

	pc_screen_draw();
	end = clock_us();
	next_us = MAX(next_us, end + (end - now) * GUEST_TIMES);
}

void pc_screen_end(void)
{
	if (screen != NULL) {
		pages_put(screen, SCREEN_PAGES);
		screen = NULL;
		framebuffer_give_back();
	}
}
