/* The digital-to-analog converter's ports, 3C6h-3C9h. */
#pragma once

#include "guest/board/pc/vga.h"

u8 vga_dac_read(struct vga_dac *dac, u16 port);
void vga_dac_write(struct vga_dac *dac, u16 port, u8 value);
