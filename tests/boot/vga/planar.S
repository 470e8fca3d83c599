/* EGA and VGA with 16 and 2 colours: four planes, latches and the data path. */
#include "tests/boot/vga/picture.inc"

.macro planar number, words
	bios	\number
	movw	$\words, %cx
	call	copy_planes
.endm

picture ega0d
	planar	0x0d, 4000
	ret

picture ega0e
	planar	0x0e, 8000
	ret

picture ega0f
	planar	0x0f, 14000
	ret

picture ega10
	planar	0x10, 14000
	ret

picture vga11
	planar	0x11, 19200
	ret

picture vga12
	planar	0x12, 19200
	ret

picture vga12_planes_off
	planar	0x12, 19200
	attribute 0x12, 0x05
	ret

picture vga12_start
	planar	0x12, 0x6000
	write 0x3d4, 0x0c, 0x12
	write 0x3d4, 0x0d, 0x34
	write 0x3d4, 0x13, 45
	ret

picture vga12_wraps
	planar	0x12, 0x7fff
	write 0x3d4, 0x0c, 0xc0
	ret

picture vga12_split
	planar	0x12, 0x6000
	write 0x3d4, 0x0c, 0x20
	change	0x3d4, 0x07, 0x10, 0
	change	0x3d4, 0x09, 0x40, 0
	write 0x3d4, 0x18, 200
	ret

picture vga12_pan
	planar	0x12, 19200
	attribute 0x13, 3
	ret

picture vga12_pan_split
	planar	0x12, 0x6000
	attribute 0x13, 5
	attribute 0x10, 0x21
	write 0x3d4, 0x0c, 0x20
	change	0x3d4, 0x07, 0x10, 0
	change	0x3d4, 0x09, 0x40, 0
	write 0x3d4, 0x18, 99
	ret

picture ega0d_pan
	planar	0x0d, 4000
	attribute 0x13, 3
	ret

picture ega0d_page
	planar	0x0d, 0x4000
	bios	0x0502
	ret

/* Pixels by the BIOS, written and XORed. */
picture vga12_pixels
	bios	0x12
	movw	$479, %dx
1:	movw	%dx, %cx
	movw	%dx, %ax
	movb	$0x0c, %ah
	andb	$0x0f, %al
	xorw	%bx, %bx
	int	$0x10
	movw	$300, %cx
	orb	$0x80, %al
	movb	$0x0c, %ah
	int	$0x10
	decw	%dx
	jns	1b
	ret

/*
 * Bands of 20 lines, each with another data path: a byte is read, which fills
 * the latches, changed, and written. The rows: planes written, set/reset, its
 * enable, compare, rotate and function, plane read, mode, miscellaneous, planes compared,
 * mask.
 */
picture data_path
	planar	0x12, 19200
	movw	$0xa000, %ax
	movw	%ax, %es
	xorw	%di, %di
	movw	$bands, %bx
1:	call	set_band
	movw	$1600, %cx
2:	movb	%es:(%di), %al
	xorb	%cl, %al
	movb	%al, %es:(%di)
	incw	%di
	loop	2b
	addw	$10, %bx
	cmpw	$bands_end, %bx
	jb	1b
	ret

set_band:
	movw	$0x3c4, %dx
	movb	$2, %al
	movb	(%bx), %ah
	outw	%ax, %dx
	movw	$0x3ce, %dx
	movw	$1, %si
1:	leaw	-1(%si), %ax
	movb	(%bx,%si), %ah
	outw	%ax, %dx
	incw	%si
	cmpw	$10, %si
	jb	1b
	ret

bands:
	.byte	15, 0, 0, 0, 0x00, 0, 0x00, 5, 15, 0xff
	.byte	15, 0, 0, 0, 0x03, 1, 0x00, 5, 15, 0xff
	.byte	15, 0, 0, 0, 0x08, 2, 0x00, 5, 15, 0xff
	.byte	15, 0, 0, 0, 0x10, 3, 0x00, 5, 15, 0xff
	.byte	15, 0, 0, 0, 0x18, 0, 0x00, 5, 15, 0xff
	.byte	15, 0, 0, 0, 0x1d, 1, 0x00, 5, 15, 0x3c
	.byte	15, 9, 5, 0, 0x00, 2, 0x00, 5, 15, 0xff
	.byte	15, 6, 15, 0, 0x18, 3, 0x00, 5, 15, 0xf0
	.byte	 5, 3, 10, 0, 0x0a, 0, 0x00, 5, 15, 0xaa
	.byte	15, 0, 0, 0, 0x00, 1, 0x01, 5, 15, 0x55
	.byte	 6, 0, 0, 0, 0x00, 2, 0x01, 5, 15, 0xff
	.byte	15, 0, 0, 0, 0x00, 3, 0x02, 5, 15, 0xff
	.byte	15, 0, 0, 0, 0x10, 0, 0x02, 5, 15, 0x66
	.byte	11, 0, 0, 0, 0x18, 1, 0x02, 5, 15, 0x99
	.byte	15, 5, 0, 0, 0x00, 2, 0x03, 5, 15, 0xff
	.byte	15, 10, 0, 0, 0x02, 3, 0x03, 5, 15, 0xf3
	.byte	13, 12, 15, 0, 0x19, 0, 0x03, 5, 15, 0x7e
	.byte	15, 0, 0, 5, 0x00, 1, 0x08, 5, 15, 0xff
	.byte	15, 0, 0, 3, 0x18, 2, 0x08, 5, 9, 0xff
	.byte	15, 0, 0, 10, 0x00, 3, 0x0b, 5, 12, 0xff
	.byte	15, 0, 0, 0, 0x00, 0, 0x0a, 5, 0, 0xff
	.byte	 0, 0, 0, 0, 0x00, 0, 0x00, 5, 15, 0xff
	.byte	15, 0, 0, 0, 0x08, 0, 0x00, 5, 15, 0x0f
	.byte	15, 15, 15, 0, 0x00, 0, 0x00, 5, 15, 0x81
bands_end:

/* The screen copied within itself, up and down, and words filled. */
picture string_copies
	planar	0x12, 19200
	pushw	%ds
	movw	$0xa000, %ax
	movw	%ax, %ds
	movw	%ax, %es
	write 0x3ce, 5, 1
	movw	$8000, %si
	xorw	%di, %di
	movw	$4000, %cx
	rep movsb
	write 0x3c4, 2, 6
	movw	$20000, %si
	movw	$20040, %di
	movw	$6000, %cx
	std
	rep movsb
	cld
	write 0x3c4, 2, 15
	write 0x3ce, 5, 0
	write 0x3ce, 8, 0x5a
	movw	$25000, %di
	movw	$1000, %cx
	movw	$0x0ff0, %ax
	rep stosw
	write 0x3ce, 3, 0x18
	movw	$30000, %di
	movw	$3000, %cx
	movb	$0xff, %al
	rep stosb
	popw	%ds
	ret
