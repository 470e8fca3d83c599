/* Where the beam is. */
#pragma once

#include "guest/board/pc/vga.h"

/* Bits 3 and 0 of Input Status 1. */
u8 vga_retrace(const struct vga *vga, u64 now_ns);
