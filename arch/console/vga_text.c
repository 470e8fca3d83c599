/*
 * The VGA's text screen. Owns nothing for long: the BIOS may write to the same
 * screen whenever a guest runs, so the cursor is kept where the BIOS keeps it,
 * in the BIOS data area, and after a guest the screen is read once. Otherwise
 * its memory is only written, and only where it changes: it is slow on PCs, and
 * an exit for each access under a hypervisor. Called by the console under its
 * lock; a handler that interrupts a write may write too, so the state in memory
 * is always valid.
 */
#include "arch/console/vga_text.h"

#include "arch/console/console_poll.h"
#include "arch/console/text_screen.h"
#include "arch/cpu.h"
#include "arch/inventory.h"
#include "arch/mem/paging.h"
#include "lib/fmt.h"
#include "lib/string.h"

/* Physical addresses in the BIOS data area (segment 40h), as IBM laid it out. */
enum {
	BDA_VIDEO_MODE = 0x449,	 /* u8 */
	BDA_COLUMNS = 0x44a,	 /* u16 */
	BDA_PAGE_OFFSET = 0x44e, /* u16, bytes */
	BDA_CURSOR = 0x450,	 /* u8 column, u8 row, for each of 8 pages */
	BDA_PAGE = 0x462,	 /* u8 */
	BDA_LAST_ROW = 0x484,	 /* u8, EGA and later */
};

enum {
	CRTC_INDEX = 0x3d4,
	CRTC_DATA = 0x3d5,
	CRTC_CURSOR_HIGH = 0x0e,
	CRTC_CURSOR_LOW = 0x0f,

	GRAPHICS_INDEX = 0x3ce,
	GRAPHICS_DATA = 0x3cf,
	GRAPHICS_MISCELLANEOUS = 0x06, /* bit 0: graphics, not text */
};

#define LAST_COLOUR_TEXT_MODE 3
#define PAGES 8
#define WINDOW_BYTES 0x8000u
static struct {
	u16 *window; /* null: no such screen */
	u32 cols;
	u32 default_rows;
	u32 stride; /* characters from row to row */

	/* As the BIOS has it now: */
	u32 rows;
	u32 start; /* of the shown page in the window, in characters */
	u32 page;
	bool text_mode;
} screen;

static struct text_screen *text;
static bool sync_wanted, load_wanted;
static_assert(WINDOW_BYTES / 2 <= TEXT_SCREEN_CELLS);

static u8 read_bda8(u32 phys)
{
	return *(volatile u8 *)phys_to_virt(phys);
}

static u16 read_bda16(u32 phys)
{
	return *(volatile u16 *)phys_to_virt(phys);
}

static bool fits_window(u32 start, u32 rows)
{
	return rows > 0 && start + rows * screen.stride <= WINDOW_BYTES / 2;
}

bool vga_text_init(struct text_screen *memory, u64 phys, u32 cols, u32 rows,
		   u32 pitch_bytes)
{
	text = memory;
	screen.window = NULL;
	if (phys != VGA_TEXT_BASE || cols == 0 || cols > 255 || rows == 0 ||
	    rows > 255 || pitch_bytes % 2 != 0 || pitch_bytes / 2 < cols ||
	    pitch_bytes > WINDOW_BYTES) {
		return false;
	}
	screen.cols = cols;
	screen.default_rows = rows;
	screen.stride = pitch_bytes / 2;
	if (!fits_window(0, rows)) {
		return false;
	}
	screen.window = phys_to_virt(phys);
	vga_text_sync_from_bda();
	return true;
}

void vga_text_sync_from_bda(void)
{
	__atomic_store_n(&sync_wanted, true, __ATOMIC_RELEASE);
}

void vga_text_may_have_changed(void)
{
	__atomic_store_n(&load_wanted, true, __ATOMIC_RELEASE);
}

/*
 * VBE BIOSes may leave the mode in the data area as it was: then the chip says
 * that it shows graphics. As in show_cursor(), the index is put back.
 */
static bool chip_shows_text(void)
{
	u8 index = inb(GRAPHICS_INDEX);
	u8 value;

	outb(GRAPHICS_INDEX, GRAPHICS_MISCELLANEOUS);
	value = inb(GRAPHICS_DATA);
	outb(GRAPHICS_INDEX, index);
	return (value & 1) == 0;
}

static void take_over_from_bios(void)
{
	u32 rows = read_bda8(BDA_LAST_ROW) + 1u;
	u32 start = read_bda16(BDA_PAGE_OFFSET) / 2u;
	u32 page = read_bda8(BDA_PAGE) % PAGES;
	u16 position = read_bda16(BDA_CURSOR + 2 * page);

	/* A BIOS older than the EGA leaves 0 for the last row. */
	if (rows == 1 || !fits_window(start, rows)) {
		rows = screen.default_rows;
	}
	screen.text_mode = read_bda8(BDA_VIDEO_MODE) <= LAST_COLOUR_TEXT_MODE &&
			   read_bda16(BDA_COLUMNS) == screen.cols &&
			   fits_window(start, rows) && chip_shows_text();
	screen.rows = rows;
	screen.start = start;
	screen.page = page;
	text_screen_resize(text, screen.cols, rows);
	text->cursor.row = MIN(position >> 8, rows - 1);
	text->cursor.col = MIN(position & 0xffu, screen.cols - 1);
}

static volatile u16 *row_cells(u32 row)
{
	return screen.window + screen.start + row * screen.stride;
}

/* Four cells in one 64-bit word are one access; else they are as many. */
static bool is_word(volatile const u16 *cells, u32 count)
{
	return (uintptr_t)cells % sizeof(u64) == 0 &&
	       count == TEXT_SCREEN_GROUP;
}

static void read_cells(volatile const u16 *from, u16 *to, u32 count)
{
	if (is_word(from, count)) {
		u64 group = *(volatile const u64 *)from;

		memcpy(to, &group, sizeof(group));
		return;
	}
	for (u32 i = 0; i < count; i++) {
		to[i] = from[i];
	}
}

/* A UART holds 1.4 ms, and a whole screen may take longer: so also below. */
static void load_cells(void)
{
	u16 cells[UINT8_MAX];

	for (u32 row = 0; row < screen.rows; row++) {
		for (u32 col = 0; col < screen.cols; col += TEXT_SCREEN_GROUP) {
			read_cells(row_cells(row) + col, cells + col,
				   MIN(screen.cols - col, TEXT_SCREEN_GROUP));
		}
		text_screen_load(text, row, cells);
		console_poll_in_output();
	}
}

static void show_cells(void *ctx, u32 row, u32 col, const u16 *cells, u32 count)
{
	volatile u16 *to = row_cells(row) + col;
	u32 *row_before = ctx;

	if (row != *row_before) {
		*row_before = row;
		console_poll_in_output();
	}
	if (is_word(to, count)) {
		u64 group;

		memcpy(&group, cells, sizeof(group));
		*(volatile u64 *)to = group;
		return;
	}
	for (u32 i = 0; i < count; i++) {
		to[i] = cells[i];
	}
}

/*
 * The index register is put back: a guest's BIOS may have been stopped between
 * its write there and its access to the data port.
 */
static void show_cursor(void)
{
	u32 at = screen.start + text->cursor.row * screen.stride +
		 text->cursor.col;
	u8 index = inb(CRTC_INDEX);

	outb(CRTC_INDEX, CRTC_CURSOR_HIGH);
	outb(CRTC_DATA, (u8)(at >> 8));
	outb(CRTC_INDEX, CRTC_CURSOR_LOW);
	outb(CRTC_DATA, (u8)at);
	outb(CRTC_INDEX, index);
	*(volatile u16 *)phys_to_virt(BDA_CURSOR + 2 * screen.page) =
		(u16)(text->cursor.row << 8 | text->cursor.col);
}

static void write(void *state, const char *string, size_t n, enum colour colour)
{
	/* In the upper byte: red, green, blue, bright. */
	static const u16 attributes[] = {
		[COLOUR_NONE] = 0x0700,
		[COLOUR_RED] = 0x0c00,
		[COLOUR_GREEN] = 0x0a00,
		[COLOUR_YELLOW] = 0x0e00,
	};
	u32 row_before = text->cursor.row;
	bool load;

	(void)state;
	load = __atomic_exchange_n(&load_wanted, false, __ATOMIC_ACQUIRE);
	if (__atomic_exchange_n(&sync_wanted, false, __ATOMIC_ACQUIRE)) {
		take_over_from_bios();
		load = true;
	}
	if (!screen.text_mode) {
		return;
	}
	if (load) {
		load_cells();
	}
	text_screen_write(text, string, n, attributes[colour]);
	text_screen_show(text, show_cells, &row_before);
	show_cursor();
}

const struct console_sink_ops vga_text_sink = { .write = write };

static void tell(char *out, size_t size)
{
	if (screen.window != NULL) {
		fmt_snprintf(out, size, "VGA text, %ux%u characters%s",
			     screen.cols, screen.rows,
			     screen.text_mode ? "" : ", in another mode now");
	}
}

INVENTORY(65, screen, tell);
