/* The 16-bit programs of guest/bios/snippets.h; they run inside guests only. */

	.section .rodata
	.code16
delay:
	decl %ecx
	jnz delay
	lret
delay_end:

wait:
	movb $1, 1(%bx)
1:	cmpb $0, (%bx)
	je 1b
	lret
wait_end:

	.balign 8
	.globl snippet_delay
snippet_delay:
	.quad delay
	.quad delay_end - delay

	.globl snippet_wait
snippet_wait:
	.quad wait
	.quad wait_end - wait

	.section .note.GNU-stack, "", @progbits
