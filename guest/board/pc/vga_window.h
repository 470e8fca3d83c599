/* Who has the window, after each change of a register. */
#pragma once

#include "guest/board/pc/vga.h"

/* To be called when a register has changed that the window depends on. */
void vga_window_update(struct vga *vga);
