/*
 * Counts exceptions in AX, by handlers of its own: #DE, #DB (INT1 and a single
 * step, whose handler has a stack that nobody has touched yet), #BR, #UD, and
 * #GP by a word beyond the segment's end. Expected: 6 in AX, and in BX the OR
 * of 1 << vector.
 */
	.code16
	.globl _start

	.macro vector number
	movw $on_\number, %fs:(4 * \number)
	movw %cs, %fs:(4 * \number + 2)
	.endm

	/* The return address is the instruction: all here have `bytes`. */
	.macro handler number, bytes
on_\number:
	orw $(1 << \number), %bx
	incw %cx
	movw %sp, %bp
	addw $\bytes, (%bp)
	iretw
	.endm

_start:
	pushw $0
	popw %fs
	pushl %fs:(4 * 0)
	pushl %fs:(4 * 1)
	pushl %fs:(4 * 5)
	pushl %fs:(4 * 6)
	pushl %fs:(4 * 13)
	vector 0
	vector 1
	vector 5
	vector 6
	vector 13
	xorw %bx, %bx
	xorw %cx, %cx
	divw zero
	.byte 0xf1		/* INT1 */
	movw %sp, %dx
	movw %ss, %di
	movw $0x6000, %si
	pushfw
	popw %ax
	orw $0x100, %ax
	pushw %ax
	popfw
	movw %si, %ss		/* no trap between this */
	movw $0x2000, %sp	/* and this, but behind it */
	movw %di, %ss
	movw %dx, %sp
	movw $9, %ax
	bound %ax, zero
	ud2
	movw 0xffff, %ax
	popl %fs:(4 * 13)
	popl %fs:(4 * 6)
	popl %fs:(4 * 5)
	popl %fs:(4 * 1)
	popl %fs:(4 * 0)
	movw %cx, %ax
	lretw

on_1:	orw $(1 << 1), %bx
	incw %cx
	movw %sp, %bp
	andw $~0x100, 4(%bp)
	iretw

	handler 0, 4
	handler 5, 4
	handler 6, 2
	handler 13, 3

zero:	.word 0, 1
