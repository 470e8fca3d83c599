/*
 * A picture through the 64 KiB window at A0000h: VBE mode 101h, 640 by 480
 * pixels of a byte, where a pixel's colour is its column XOR its row.
 *
 *	run picture		the picture stays; bios 10 ax=0003 ends it
 *	run picture cx=36	after 36 ticks (2 s) the text mode is back
 *
 * AX is 004F, or what VBE said to a mode that it cannot set.
 */
#include "guest/abi.h"

#define MODE 0x101
#define VBE_OK 0x004f
#define MODE_INFO_GRANULARITY 4	/* KiB that the window moves by */
#define MODE_INFO_PITCH 16	/* bytes from row to row */
#define ROWS 480
#define WINDOW_KIB 64

	.code16
	.globl _start
_start:
	movw %cx, wait
	movw $MODE, %cx
	movw $info, %di
	movw $0x4f01, %ax	/* what the mode is like, to ES:DI */
	int $0x10
	cmpw $VBE_OK, %ax
	jne done
	movw $0x4f02, %ax
	movw $MODE, %bx
	int $0x10
	cmpw $VBE_OK, %ax
	jne done

	movw $WINDOW_KIB, %ax
	xorw %dx, %dx
	divw info + MODE_INFO_GRANULARITY
	movw %ax, step
	pushw $0xa000
	popw %es
	xorw %dx, %dx		/* the window's place */
	xorw %di, %di		/* the place in the window */
	call move_window
	cld
	xorw %si, %si		/* the row */
row:	xorw %cx, %cx		/* the column */
pixel:	movw %cx, %ax
	xorw %si, %ax
	stosb
	testw %di, %di
	jnz 1f
	addw step, %dx
	call move_window
1:	incw %cx
	cmpw info + MODE_INFO_PITCH, %cx
	jb pixel
	incw %si
	cmpw $ROWS, %si
	jb row

	movw wait, %cx
	jcxz 3f
	call wait_ticks
	movw $0x0003, %ax	/* 80 by 25 characters */
	int $0x10
3:	movw $VBE_OK, %ax
done:	lretw

/* To DX, in units of its granularity; changes no register. */
move_window:
	pushaw
	movw $0x4f05, %ax
	xorw %bx, %bx		/* set window A */
	int $0x10
	popaw
	ret

/* For CX ticks by INT 1Ah. */
wait_ticks:
	movw %cx, %bx
	movb $0x00, %ah
	int $0x1a
	movw %dx, %si
1:	movb $0x00, %ah
	int $0x1a
	subw %si, %dx
	cmpw %bx, %dx
	jb 1b
	ret

	.bss
wait:	.word 0
step:	.word 0
info:	.space 256
