/* Text: sizes, fonts, cursor, palettes, and where the screen begins. */
#include "tests/boot/vga/picture.inc"

/* A text mode without cursor, and with 16 background colours. */
.macro text_mode number
	bios	\number
	bios	0x1003
	bios	0x0100, 0, 0x2000
.endm

.macro text segment, characters, from, and=0xff, or=0
	movw	$\segment, %ax
	movw	$\characters, %cx
	movw	$\from, %si
	movw	$(\or << 8 | \and), %bx
	call	copy_text
.endm

picture text80
	text_mode 0x03
	text	0xb800, 2000, 0
	ret

picture text40
	text_mode 0x01
	text	0xb800, 1000, 0x100
	ret

picture text_monochrome
	text_mode 0x07
	text	0xb000, 2000, 0x200, 0x7a, 0
	ret

/* Fonts of 8 and 14 lines: 50 and 28 rows. */
picture text50
	text_mode 0x03
	bios	0x1112
	bios	0x0100, 0, 0x2000
	text	0xb800, 4000, 0x300
	ret

picture text28
	text_mode 0x03
	bios	0x1111
	bios	0x0100, 0, 0x2000
	text	0xb800, 2240, 0x400
	ret

picture text_eight_dots
	text_mode 0x03
	change	0x3c4, 1, 0, 1
	text	0xb800, 2000, 0x500
	ret

picture text_lines_end
	text_mode 0x03
	attribute 0x10, 0
	text	0xb800, 2000, 0x600
	ret

/* 16 lines a character become 10. */
picture text_short
	text_mode 0x03
	change	0x3d4, 9, 0x1f, 9
	text	0xb800, 3200, 0x700
	ret

/* Block 1 has noise for a font; attribute bit 3 chooses it. */
picture text_two_fonts
	text_mode 0x03
	movw	$NOISE, %ax
	movw	%ax, %es
	movw	$0x800, %bp
	bios	0x1100, 0x1001, 256
	bios	0x1103, 0x0004
	text	0xb800, 2000, 0x800
	ret

picture cursor
	bios	0x03
	bios	0x1003
	text	0xb800, 2000, 0x900
	bios	0x0200, 0, 0, 0x0c28
	bios	0x0100, 0, 0x030a
	ret

picture cursor_default
	bios	0x03
	bios	0x1003
	text	0xb800, 2000, 0xa00
	bios	0x0200, 0, 0, 0x184f
	ret

picture text_page
	text_mode 0x03
	text	0xb900, 2000, 0xb00
	bios	0x0501
	ret

picture text_start
	text_mode 0x03
	text	0xb800, 4096, 0xc00
	write 0x3d4, 0x0c, 0x01
	write 0x3d4, 0x0d, 0x23
	ret

picture text_wide_memory
	text_mode 0x03
	text	0xb800, 4096, 0xd00
	write 0x3d4, 0x13, 60
	ret

/* From line 160 on it is the beginning of memory. */
picture text_split
	text_mode 0x03
	text	0xb800, 6000, 0xe00
	write 0x3d4, 0x0c, 0x08
	change	0x3d4, 0x07, 0x10, 0
	change	0x3d4, 0x09, 0x40, 0
	write 0x3d4, 0x18, 159
	ret

picture text_palette
	text_mode 0x03
	text	0xb800, 2000, 0xf00
	bios	0x1000, 0x2a03
	bios	0x1000, 0x1507
	bios	0x1010, 0x02, 0x1f2e, 0x3d00
	ret

/* 16 pages of 16 colours, and of these the third. */
picture text_pages_of_16
	text_mode 0x03
	text	0xb800, 2000, 0x1000
	bios	0x1013, 0x0100
	bios	0x1013, 0x0301
	ret

picture text_pages_of_64
	text_mode 0x03
	text	0xb800, 2000, 0x1100
	movw	$NOISE, %ax
	movw	%ax, %es
	movw	$0x1012, %ax
	movw	$128, %bx
	movw	$64, %cx
	movw	$0x3000, %dx
	int	$0x10
	bios	0x1013, 0x0201
	ret

picture text_blinking
	bios	0x03
	bios	0x0100, 0, 0x2000
	text	0xb800, 2000, 0x1200
	ret

/* Written and scrolled by the BIOS. */
picture text_bios
	text_mode 0x03
	text	0xb800, 2000, 0x1300
	bios	0x0603, 0x1e00, 0x0205, 0x1040
	bios	0x0702, 0x2f00, 0x0505, 0x1430
	movw	$'A' | 0x0900, %ax
	movw	$0x004e, %bx
	movw	$300, %cx
	int	$0x10
	ret

picture text_blank
	text_mode 0x03
	text	0xb800, 2000, 0x1400
	movw	$0x3da, %dx
	inb	%dx, %al
	movw	$0x3c0, %dx
	xorb	%al, %al
	outb	%al, %dx
	ret
