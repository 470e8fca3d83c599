/* The CGA's graphics: 4 and 2 colours, lines by turns in two banks. */
#include "tests/boot/vga/picture.inc"

picture cga4
	bios	0x04
	noise	0xb800, 0, 0x2000, 0
	ret

picture cga5
	bios	0x05
	noise	0xb800, 0, 0x2000, 0x1000
	ret

picture cga4_palette
	bios	0x04
	noise	0xb800, 0, 0x2000, 0x2000
	bios	0x0b00, 0x0005
	bios	0x0b00, 0x0100
	ret

picture cga4_pixels
	bios	0x04
	movw	$199, %dx
1:	movw	%dx, %cx
	movw	%dx, %ax
	movb	$0x0c, %ah
	andb	$3, %al
	xorw	%bx, %bx
	int	$0x10
	decw	%dx
	jns	1b
	ret

picture cga6
	bios	0x06
	noise	0xb800, 0, 0x2000, 0x3000
	ret
