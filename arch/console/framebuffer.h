/*
 * The console on a screen of pixels, as the loader has set it up: by UEFI, or
 * where a person has asked a BIOS's GRUB for such a mode (gfxpayload=). A sink of
 * the console's. Text is drawn with the font of arch/console/font.h, larger on
 * screens of many pixels.
 *
 * Somebody else may take the screen for pictures, and give it back:
 *
 *	const struct surface *screen = framebuffer_take();
 *
 *	if (screen != NULL) {
 *		surface_clear(screen, all of it);
 *		surface_draw_picture(screen, &picture, 0, picture.height, where);
 *		...
 *		framebuffer_give_back();
 *	}
 *
 * What the console writes meanwhile is kept, and shown when it has the screen
 * again. A panic takes the screen back by itself.
 */
#pragma once

#include "arch/console/console_sink.h"
#include "arch/console/surface.h"
#include "arch/console/text_screen.h"
#include "boot/bootinfo.h"

/*
 * Maps the screen and clears it; memory holds its text from then on. Returns
 * NULL, or why it cannot be used. Boot core, with or without a page allocator.
 */
const char *framebuffer_init(struct text_screen *memory,
			     const struct bootinfo_framebuffer *framebuffer);

/* Shows control and non-ASCII bytes as '.', but for \n \r \b \t \a. */
extern const struct console_sink_ops framebuffer_sink;

/*
 * From now on the screen is the caller's, to be drawn on by any core; NULL where
 * there is none. Once until it is given back.
 */
const struct surface *framebuffer_take(void);

/* The console has the screen again, and draws all of its text. */
void framebuffer_give_back(void);
