/*
 * The boot sector, the loop that shows what is asked for, and what the pictures
 * share. A byte received on COM1 is a picture's number, and so is a key, counted
 * from '0'; '!' and a newline are sent when the picture is there. At first the
 * screen says that it is ready.
 */
#include "tests/boot/vga/picture.inc"

#define COM1 0x3f8
#define LSR_RECEIVED 0x01

.section .boot, "ax"
.global start
start:
	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$start, %sp
	sti
	movw	$packet, %si
	movb	$0x42, %ah
	int	$0x13
1:	jc	1b
	movw	$ready, %si
1:	lodsb
	movb	$0x0e, %ah
	xorw	%bx, %bx
	int	$0x10
	cmpb	$0, (%si)
	jne	1b
2:	movb	$1, %ah
	int	$0x16
	jnz	3f
	movw	$COM1 + 5, %dx
	inb	%dx, %al
	testb	$LSR_RECEIVED, %al
	jz	2b
	movw	$COM1, %dx
	inb	%dx, %al
	jmp	4f
3:	xorb	%ah, %ah
	int	$0x16
	subb	$'0', %al
4:	xorb	%ah, %ah
	lcall	$0, $show
	movw	$COM1, %dx
	movb	$'!', %al
	outb	%al, %dx
	movb	$'\n', %al
	outb	%al, %dx
	jmp	2b

ready:
	.asciz	"ready"
packet:
	.byte	16, 0
	.word	63
	.word	0x7e00, 0
	.quad	1
	. = start + 510
	.word	0xaa55

.text
/* AX: a picture's number. Far, so that nothing of the caller's matters. */
.global show
show:
	pushw	%ds
	pushw	%es
	pushaw
	cld
	xorw	%bx, %bx
	movw	%bx, %ds
	movw	%ax, %bx
	shlw	$2, %bx
	pushw	table(%bx)
	call	make_noise
	xorw	%bx, %bx
	movw	%bx, %ds
	movw	%bx, %es
	popw	%ax
	call	*%ax
	popaw
	popw	%es
	popw	%ds
	lretw

/* Numbers after each other of a linear congruence; their high bytes. */
make_noise:
	movw	$NOISE, %ax
	movw	%ax, %es
	xorw	%di, %di
	movw	$0x1234, %bx
	movw	$25173, %cx
1:	movw	%bx, %ax
	mulw	%cx
	addw	$13849, %ax
	movw	%ax, %bx
	movb	%ah, %al
	stosb
	testw	%di, %di
	jnz	1b
	ret

/* AX:DI, CX words, from SI on. */
.global copy_noise
copy_noise:
	pushw	%ds
	movw	%ax, %es
	movw	$NOISE, %ax
	movw	%ax, %ds
	rep movsw
	popw	%ds
	ret

/*
 * Text to AX:0, CX characters, from SI on. None is of B0h-BFh: QEMU repeats the
 * eighth dot of these, too. An attribute's bits are ANDed with BL, ORed with BH.
 */
.global copy_text
copy_text:
	pushw	%ds
	movw	%ax, %es
	movw	$NOISE, %ax
	movw	%ax, %ds
	xorw	%di, %di
1:	lodsw
	movb	%al, %dl
	andb	$0xf0, %dl
	cmpb	$0xb0, %dl
	jne	2f
	xorb	$0x40, %al
2:	andb	%bl, %ah
	orb	%bh, %ah
	stosw
	loop	1b
	popw	%ds
	ret

/* Noise to each of the four planes, CX words at A000:0. */
.global copy_planes
copy_planes:
	movw	$0x0102, %ax
	xorw	%si, %si
1:	movw	$0x3c4, %dx
	outw	%ax, %dx
	pushaw
	movw	$0xa000, %ax
	xorw	%di, %di
	call	copy_noise
	popaw
	addw	$0x3333, %si
	shlb	$1, %ah
	cmpb	$0x10, %ah
	jb	1b
	write 0x3c4, 2, 15
	ret
