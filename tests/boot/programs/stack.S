/* A fault whose handler cannot be reached, for the stack has no room. */
	.code16
	.globl _start
_start:
	pushw $0
	popw %fs
	movw $_start, %fs:(4 * 6)
	movw %cs, %fs:(4 * 6 + 2)
	movw $1, %sp
	ud2
