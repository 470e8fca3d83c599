/* The picture on the console's own screen of pixels. Boot core. */
#pragma once

/*
 * Draws, says what, and gives the screen back after a key or PICTURE_SHOWN_MS.
 * ERR_NOT_FOUND: the console has no such screen; ERR_RANGE: one of a few pixels;
 * ERR_INTERRUPTED.
 */
#define PICTURE_SHOWN_MS 5000
int picture_on_screen(void);
