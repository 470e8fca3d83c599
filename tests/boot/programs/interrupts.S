/*
 * Timer interrupts that come while interrupts are off, for ECX turns of a loop:
 * they are held back, and taken behind the instruction after STI. AX is how
 * many ticks the BIOS counted before STI, BX how many in all.
 */
#define TICKS 0x46c

	.code16
	.globl _start
_start:
	pushw $0
	popw %fs
	cli
	movl %fs:TICKS, %esi
1:	decl %ecx
	jnz 1b
	movl %fs:TICKS, %eax
	subl %esi, %eax
	sti
	nop
	nop
	movl %fs:TICKS, %ebx
	subl %esi, %ebx
	lretw
