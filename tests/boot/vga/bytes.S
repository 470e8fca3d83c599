/* 256 colours: mode 13h, and what unchaining makes of it. */
#include "tests/boot/vga/picture.inc"

picture vga13
	bios	0x13
	noise	0xa000, 0, 32000, 0
	ret

picture vga13_palette
	bios	0x13
	noise	0xa000, 0, 32000, 0x1000
	movw	$NOISE, %ax
	movw	%ax, %es
	movw	$0x2000, %dx
	movw	$0x1012, %ax
	xorw	%bx, %bx
	movw	$256, %cx
	int	$0x10
	ret

/* 256 colours become grey. */
picture vga13_grey
	bios	0x13
	noise	0xa000, 0, 32000, 0x1100
	bios	0x101b, 0, 256
	ret

picture vga13_start
	bios	0x13
	noise	0xa000, 0, 0x7fff, 0x1300
	write 0x3d4, 0x0d, 0x35
	ret

picture vga13_split
	bios	0x13
	noise	0xa000, 0, 0x7fff, 0x1400
	write 0x3d4, 0x0c, 0x10
	change	0x3d4, 0x07, 0x10, 0
	change	0x3d4, 0x09, 0x40, 0
	write 0x3d4, 0x18, 149
	ret

picture vga13_pan
	bios	0x13
	noise	0xa000, 0, 32000, 0x1500
	attribute 0x13, 4
	ret

/* Lines of 288 pixels' memory: each begins in the one before. */
picture vga13_narrow
	bios	0x13
	noise	0xa000, 0, 0x7fff, 0x1600
	write 0x3d4, 0x13, 36
	ret

/* A byte each 4 addresses is lost where plane 2 is not written. */
picture vga13_three_planes
	bios	0x13
	write 0x3c4, 2, 11
	noise	0xa000, 0, 32000, 0x1700
	ret

.macro unchained
	bios	0x13
	write 0x3c4, 4, 0x06
	write 0x3d4, 0x14, 0x00
	write 0x3d4, 0x17, 0xe3
.endm

picture mode_x_200
	unchained
	movw	$16000, %cx
	call	copy_planes
	ret

/* The CRT controller's registers 0 to 7 are protected at first. */
.macro crtc index, value
	write 0x3d4, \index, \value
.endm

picture mode_x_240
	unchained
	movw	$0x3c2, %dx
	movb	$0xe3, %al
	outb	%al, %dx
	crtc	0x11, 0x2c
	crtc	0x06, 0x0d
	crtc	0x07, 0x3e
	crtc	0x10, 0xea
	crtc	0x11, 0xac
	crtc	0x12, 0xdf
	crtc	0x15, 0xe7
	crtc	0x16, 0x06
	movw	$9600, %cx
	call	copy_planes
	ret

picture mode_x_400
	unchained
	crtc	0x09, 0x40
	movw	$16000, %cx
	call	copy_planes
	ret

picture mode_x_360x480
	unchained
	movw	$0x3c2, %dx
	movb	$0xe7, %al
	outb	%al, %dx
	crtc	0x11, 0x2c
	crtc	0x00, 0x6b
	crtc	0x01, 0x59
	crtc	0x02, 0x5a
	crtc	0x03, 0x8e
	crtc	0x04, 0x5e
	crtc	0x05, 0x8a
	crtc	0x06, 0x0d
	crtc	0x07, 0x3e
	crtc	0x09, 0x40
	crtc	0x10, 0xea
	crtc	0x11, 0xac
	crtc	0x12, 0xdf
	crtc	0x13, 0x2d
	crtc	0x15, 0xe7
	crtc	0x16, 0x06
	movw	$21600, %cx
	call	copy_planes
	ret

/* Four pixels at a time by the latches, from below the screen. */
picture mode_x_copy
	unchained
	movw	$0x6000, %cx
	call	copy_planes
	write 0x3ce, 5, 0x41
	pushw	%ds
	movw	$0xa000, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	$16000, %si
	movw	$4000, %di
	movw	$8000, %cx
	rep movsb
	popw	%ds
	ret

picture mode_x_page
	unchained
	movw	$0x6000, %cx
	call	copy_planes
	write 0x3d4, 0x0c, 0x3e
	write 0x3d4, 0x0d, 0x80
	ret
