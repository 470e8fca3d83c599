/*
 * The text screen of the VGA as the BIOS left it, used as a copy of the serial
 * console. The cursor is shared with the BIOS through its data area (40:50),
 * so that its INT 10h output and ours go on where the other stopped. A sink
 * of the console's.
 */
#pragma once

#include "arch/console/console_sink.h"
#include "arch/console/text_screen.h"
#include "lib/types.h"

/* Where the text buffer of a colour text mode is. */
#define VGA_TEXT_BASE 0xb8000u

/*
 * The text buffer is at physical address phys, one u16 a character. The values
 * come from the loader's framebuffer tag; geometry that does not fit the VGA's
 * 32 KiB text window leaves the screen off. Returns whether it is on; memory is
 * then its own.
 */
bool vga_text_init(struct text_screen *memory, u64 phys, u32 cols, u32 rows,
		   u32 pitch_bytes);

/* Shows control and non-ASCII bytes as '.', but for \n \r \b \t \a. */
extern const struct console_sink_ops vga_text_sink;

/*
 * To be called after a guest may have used the screen, on any core: the next
 * output takes up the BIOS's cursor, and writes nothing as long as
 * the BIOS's video mode is not a text mode of our width.
 */
void vga_text_sync_from_bda(void);

/*
 * The same for a guest whose BIOS data area is its own, but whose video memory
 * is the machine's: the cursor stays ours.
 */
void vga_text_may_have_changed(void);
