/*
 * Tells what it was entered with: AX = SP, BX = CS, CX = IP, DX = FLAGS, SI and
 * DI = the return address's offset and segment; EBP = how often this memory has
 * had this program in it.
 */
#include "guest/abi.h"

	.code16
	.globl _start
_start:
	movw %sp, %ax
	pushfw
	popw %dx
	movw %cs, %bx
	call 1f
1:	popw %cx
	subw $(1b - _start), %cx
	movw %sp, %bp
	movw (%bp), %si
	movw 2(%bp), %di
	pushw $0x5000
	popw %fs
	xorl %ebp, %ebp
	incl %fs:0
	movl %fs:0, %ebp
	lretw
