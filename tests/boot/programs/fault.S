/* #UD at offset 1, where nobody handles it. */
	.code16
	.globl _start
_start:
	nop
	ud2
