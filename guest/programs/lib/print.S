/*
 * Text to the console: the UART by its two registers, a byte at a time. Linked
 * behind each program; the functions change no register but the flags.
 */
#include "guest/abi.h"

#define LINE_STATUS (PROGRAM_CONSOLE_PORT + 5)
#define LINE_STATUS_ROOM 0x20

	.code16
	.globl print, print_char, print_hex8, print_hex16, print_decimal

/* The text at DS:SI, which a zero byte ends. */
print:	pushaw
	cld
1:	lodsb
	testb %al, %al
	jz 2f
	call print_char
	jmp 1b
2:	popaw
	ret

/* AL. */
print_char:
	pushaw
	movb %al, %ah
	movw $LINE_STATUS, %dx
1:	inb %dx, %al
	testb $LINE_STATUS_ROOM, %al
	jz 1b
	movw $PROGRAM_CONSOLE_PORT, %dx
	movb %ah, %al
	outb %al, %dx
	popaw
	ret

/* AX as four, AL as two hexadecimal digits. */
print_hex16:
	rolw $8, %ax
	call print_hex8
	rolw $8, %ax
print_hex8:
	rolb $4, %al
	call print_digit
	rolb $4, %al
print_digit:
	pushw %ax
	andb $0x0f, %al
	cmpb $10, %al
	jb 1f
	addb $('a' - '0' - 10), %al
1:	addb $'0', %al
	call print_char
	popw %ax
	ret

/* EAX as a decimal number. */
print_decimal:
	pushal
	movl $10, %ebx
	xorw %cx, %cx
1:	xorl %edx, %edx
	divl %ebx
	pushw %dx
	incw %cx
	testl %eax, %eax
	jnz 1b
2:	popw %ax
	addb $'0', %al
	call print_char
	loop 2b
	popal
	ret
