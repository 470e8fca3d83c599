/* VBE: all depths, by the banks of its window. */
#include "tests/boot/vga/picture.inc"

/* A mode, and noise in so many banks of 64 KiB. */
.macro vbe number, banks, from
	bios	0x4f02, \number
	movw	$\banks, %cx
	movw	$\from, %si
	call	fill_banks
.endm

fill_banks:
	xorw	%dx, %dx
1:	pushaw
	movw	$0x4f05, %ax
	xorw	%bx, %bx
	int	$0x10
	popaw
	pushaw
	movw	$0xa000, %ax
	xorw	%di, %di
	movw	$0x8000, %cx
	call	copy_noise
	popaw
	addw	$0x1357, %si
	incw	%dx
	loop	1b
	ret

picture vbe_640x480_8
	vbe	0x101, 5, 0
	ret

picture vbe_800x600_8
	vbe	0x103, 8, 0x100
	ret

picture vbe_640x480_15
	vbe	0x110, 10, 0x200
	ret

picture vbe_640x480_16
	vbe	0x111, 10, 0x300
	ret

picture vbe_640x480_24
	vbe	0x112, 15, 0x400
	ret

picture vbe_640x480_32
	vbe	0x142, 19, 0x500
	ret

/* 16 colours: a bank is 64 KiB of each plane. */
picture vbe_800x600_4
	bios	0x4f02, 0x102
	movw	$30000, %cx
	call	copy_planes
	ret

/* Lines of 1024 pixels, of which 640 are shown, from (100, 50) on. */
picture vbe_scrolled
	vbe	0x101, 10, 0x600
	bios	0x4f06, 0, 1024
	bios	0x4f07, 0, 100, 50
	ret

picture vbe_scrolled_32
	vbe	0x142, 40, 0x700
	bios	0x4f06, 0, 800
	bios	0x4f07, 0, 33, 77
	ret

/* Colours of 8 bits. */
picture vbe_wide_dac
	vbe	0x101, 5, 0x800
	bios	0x4f08, 0x0800
	movw	$NOISE, %ax
	movw	%ax, %es
	movw	$0x2000, %di
	bios	0x4f09, 0, 256
	ret
