/* The text screen as ASCII, for logs and for tests. */
#pragma once

#include "guest/board/pc/vga.h"

/* Rows and columns of characters; both 0 while it shows graphics or nothing. */
struct vga_text_size {
	u32 rows, columns;
};

struct vga_text_size vga_text_size(const struct vga *vga);

/*
 * Row `row` from 0, without blanks behind its last character, cut to what size
 * bytes hold with the terminator. Of code page 437 what is no ASCII becomes what
 * resembles it most.
 */
void vga_text_line(const struct vga *vga, u32 row, char *line, size_t size);
