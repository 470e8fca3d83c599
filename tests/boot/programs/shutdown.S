/*
 * Enters protected mode and has an exception there with an empty IDT: a triple
 * fault. Only an unrestricted guest comes so far. ECX = 1: loads the empty IDT,
 * and has the exception in real mode.
 */
	.code16
	.globl _start
_start:
	cli
	lidtw empty
	cmpw $1, %cx
	je 1f
	movl %cr0, %eax
	orb $1, %al
	movl %eax, %cr0
1:	ud2

empty:	.word 0
	.long 0
