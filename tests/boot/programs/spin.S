/* Never ends, with interrupts off; the tick hook leads into it by then. */
	.code16
	.globl _start
_start:
	cli
	pushw $0
	popw %fs
	movw $_start, %fs:(4 * 0x1c)
	movw %cs, %fs:(4 * 0x1c + 2)
1:	jmp 1b
