/*
 * The VGA of the board pc: an IBM VGA with the VBE registers of Bochs (DISPI),
 * as a PC's programs and SeaVGABIOS know it. It knows no board: the board gives
 * the memory and the time, and passes accesses on. All of it is pure; who calls
 * from several cores holds a lock for all but vga_screen.h and vga_ascii.h, which
 * only read and at worst show a picture half changed.
 *
 * Sources: IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem",
 * and the notes on Bochs's VBE registers that come with QEMU
 * (docs/specs/standard-vga). Where QEMU differs, and why, is said in the place.
 */
#pragma once

#include "lib/types.h"

/* Where the guest finds its window, and the ports, the last one included. */
#define VGA_WINDOW_FIRST 0xa0000u
#define VGA_WINDOW_BYTES 0x20000u
#define VGA_PORT_FIRST 0x3b0u
#define VGA_PORT_LAST 0x3dfu
#define VGA_VBE_PORT_FIRST 0x1ceu
#define VGA_VBE_PORT_LAST 0x1d0u

/* Of a picture, whatever the registers say. */
#define VGA_MAX_WIDTH 4096u
#define VGA_MAX_HEIGHT 2048u

/* What an IBM VGA has, and what a window of text is. */
#define VGA_PLANES_BYTES 0x40000u
#define VGA_TEXT_BYTES 0x8000u

#define VGA_VBE_REGISTERS 10u

struct vga_dac {
	u8 colour[256][3]; /* red, green, blue; 6 bits, or 8 by VBE */
	u8 mask;	   /* which bits of a pixel choose the colour */
	u8 read_index, write_index, component;
	u8 pending[3];
	bool reading, wide; /* wide: 8 bits */
};

struct vga_vbe {
	u16 index;
	u16 at[VGA_VBE_REGISTERS];
	u32 line_bytes, start; /* of the picture in video memory, bytes */
};

/* Who has the window: what an access of the guest's goes through. */
enum vga_path {
	VGA_PATH_LOGIC,	 /* planes, latches and all */
	VGA_PATH_TEXT,	 /* plain: characters and attributes by turns */
	VGA_PATH_LINEAR, /* plain: a part of video memory as it lies there */
};

struct vga {
	/*
	 * Video memory. Byte 4 * n + p is byte n of plane p; VBE's pictures lie
	 * as they are. While the path is text, planes 0 and 1 of the first 16
	 * KiB are in `text`, where the guest has them side by side.
	 */
	u8 *memory;
	u32 bytes;
	u8 *text;

	u8 misc, feature, enabled;
	u8 sequencer_index, sequencer[8];
	u8 graphics_index, graphics[16];
	u8 crtc_index, crtc[32];
	u8 attribute_index, attribute[32];
	bool attribute_is_data; /* what the next write to 3C0h is */
	struct vga_dac dac;
	struct vga_vbe vbe;
	u32 latch; /* a byte of each plane */

	/* What follows from the registers. */
	enum vga_path path;
	u32 window, window_bytes; /* what answers, from A0000h */
	u32 bank;		  /* bytes */
	/* They count: other plain memory, and writes to plane 2 (fonts). */
	u32 plain_changes, font_changes;
};

/*
 * Makes a VGA as it is after power-on. memory: `bytes` of them, a power of two
 * and at least 256 KiB; text: 32 KiB of its own. Both on page boundaries if they
 * are to be mapped, and zero.
 */
void vga_init(struct vga *vga, u8 *memory, u32 bytes, u8 *text);

/* As the reset line does; video memory stays. */
void vga_reset(struct vga *vga);

/*
 * An access of one byte to a port 3B0h-3DFh. now_ns: the guest's time, any origin,
 * for the retrace bits.
 */
u8 vga_port_read(struct vga *vga, u16 port, u64 now_ns);
void vga_port_write(struct vga *vga, u16 port, u8 value);

/* Accesses of two bytes to 1CEh (index), 1CFh or 1D0h (value). */
u16 vga_vbe_read(const struct vga *vga, u16 port);
void vga_vbe_write(struct vga *vga, u16 port, u16 value);

/* A byte of the window; at: from A0000h, less than 20000h. */
u8 vga_memory_read(struct vga *vga, u32 at);
void vga_memory_write(struct vga *vga, u32 at, u8 value);

/*
 * A part of the window that is plain memory now, so that the guest can have it
 * mapped; bytes 0: there is none. It changes when vga->plain_changes does.
 */
struct vga_plain {
	u32 at, bytes; /* from A0000h; multiples of 4 KiB */
	u8 *memory;
};

void vga_plain(const struct vga *vga, struct vga_plain *plain);

/*
 * Whole string instructions in the window: `count` elements of 1, 2 or 4 bytes,
 * upwards or with the direction flag downwards. at, to, from: the first element,
 * from A0000h; what leaves the window is not there.
 */
struct vga_string {
	u32 count;
	u8 bytes; /* of an element */
	bool down;
};

/* REP STOS. */
void vga_fill(struct vga *vga, const struct vga_string *string, u32 at,
	      u32 value);
/* REP MOVS within the window. */
void vga_move(struct vga *vga, const struct vga_string *string, u32 to,
	      u32 from);
