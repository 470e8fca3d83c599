/*
 * The machine's screen of pixels while a PC of ours has it. Drawn on any core
 * that has nothing else to do, or between two looks on the guest's own.
 */
#pragma once

#include "guest/board/pc/vga.h"

/*
 * The console's screen shows this VGA from now on, until pc_screen_end(). Where
 * there is no screen of pixels, nothing happens then, and between.
 */
void pc_screen_begin(const struct vga *vga);

/* Draws what has changed, if it is time again: some thirty times a second. */
void pc_screen_draw(void);

/* The same on the guest's core, which is to have time for the guest as well. */
void pc_screen_draw_between(void);

/* The console has the screen back. */
void pc_screen_end(void);
