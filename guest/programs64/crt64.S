/*
 * The first bytes of a C program's image. RDI is what the command line gave it
 * as rdi=; HLT with what main() returned in RAX is the end. RAM behind the
 * image is zero, so that .bss needs nothing.
 */
	.section .text.start, "ax"
	.globl _start
_start:
	xorl %ebp, %ebp
	andq $-16, %rsp
	call main
	hlt
	jmp _start

	.section .note.GNU-stack, "", @progbits
