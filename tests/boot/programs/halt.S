/* Ends by HLT with interrupts off, at offset 5; opcodes of its own behind. */
	.code16
	.globl _start
_start:
	cli
	movw $0x1234, %ax
	hlt
	ud2
