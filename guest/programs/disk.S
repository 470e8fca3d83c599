/*
 * Reads the first sector of drive DL by INT 13h AH=42h, and prints its first
 * 512 bytes.
 *
 *	run disk dl=80		(hard disk; e0 and up: CDs)
 *
 * AH is INT 13h's status, 0 for no error.
 */
#include "guest/abi.h"

#define ROW 16
#define SHOWN 512

	.code16
	.globl _start
_start:
	movw %ds, packet_segment
	movw $packet, %si
	movb $0x42, %ah
	int $0x13
	jc failed

	cld
	movw $buffer, %si
1:	movw %si, %ax
	subw $buffer, %ax
	call print_hex16
	movb $':', %al
	call print_char
	movw $ROW, %cx
2:	movb $' ', %al
	call print_char
	lodsb
	call print_hex8
	loop 2b
	movb $'\n', %al
	call print_char
	cmpw $(buffer + SHOWN), %si
	jb 1b
	xorb %ah, %ah
	lretw

failed:
	movw $failed_text, %si
	call print
	xchgb %al, %ah
	call print_hex8
	xchgb %al, %ah
	movw $line_end, %si
	call print
	lretw

failed_text:
	.asciz "INT 13h AH=42h failed, status "
line_end:
	.asciz "\n"

	.balign 4
packet:	.byte 16, 0		/* its own size */
	.word 1			/* sectors */
	.word buffer
packet_segment:
	.word 0
	.quad 0			/* the first sector's number */

	.bss
buffer:	.space 2048		/* a sector of a CD */
