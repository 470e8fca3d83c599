/*
 * Says hello twice: on the screen by INT 10h AH=0Eh, the BIOS's teletype, and
 * on the console by its UART.
 *
 *	run hello
 */
#include "guest/abi.h"

	.code16
	.globl _start
_start:
	movw $text, %si
	call print
	cld
1:	lodsb
	testb %al, %al
	jz 2f
	movb $0x0e, %ah		/* page 0, and no colour in text modes */
	xorw %bx, %bx
	int $0x10
	jmp 1b
2:	lretw

text:	.asciz "hello from 16-bit code\r\n"
