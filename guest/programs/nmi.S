/*
 * Waits with interrupts off for ECX turns of a loop (0: 20 million) and counts
 * the non-maskable interrupts that come by INT 02h.
 *
 *	run nmi
 *
 * EAX is how many came: none, for every NMI exits to the hypervisor, which
 * counts it (`exits`) and lets the program go on.
 */
#include "guest/abi.h"

#define VECTOR_NMI (4 * 0x02)
#define TURNS 20000000

	.code16
	.globl _start
_start:
	testl %ecx, %ecx
	jnz 1f
	movl $TURNS, %ecx
1:	pushw $0
	popw %fs
	cli
	movl %fs:VECTOR_NMI, %ebx
	movw $count_one, %fs:VECTOR_NMI
	movw %cs, %fs:(VECTOR_NMI + 2)
2:	decl %ecx
	jnz 2b
	movl %ebx, %fs:VECTOR_NMI
	sti
	movl count, %eax
	call print_decimal
	movw $text, %si
	call print
	lretw

count_one:
	incl %cs:count
	iretw

text:	.asciz " NMIs reached the program\n"
	.balign 4
count:	.long 0
