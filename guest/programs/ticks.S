/*
 * Spends CX ticks (0: 18, a second) by INT 1Ah, and counts the timer interrupts
 * that meanwhile reach it by way of the BIOS's hook, INT 1Ch.
 *
 *	run ticks cx=9
 *
 * EAX is how many came, EDX how many ticks INT 1Ah saw. On the board private no
 * timer interrupt comes and INT 1Ah stands still: the run's time limit ends it.
 */
#include "guest/abi.h"

#define HOOK (4 * 0x1c)
#define A_SECOND 18

	.code16
	.globl _start
_start:
	testw %cx, %cx
	jnz 1f
	movw $A_SECOND, %cx
1:	movw %cx, wanted

	pushw $0		/* the interrupt vectors' segment */
	popw %fs
	cli
	movl %fs:HOOK, %eax
	movl %eax, before
	movw $count_one, %fs:HOOK
	movw %cs, %fs:(HOOK + 2)
	sti

	movb $0x00, %ah		/* INT 1Ah: ticks since midnight to CX:DX */
	int $0x1a
	movw %dx, first
2:	movb $0x00, %ah
	int $0x1a
	subw first, %dx
	cmpw wanted, %dx
	jb 2b

	cli
	movl before, %eax
	movl %eax, %fs:HOOK
	sti
	movl count, %eax
	movzwl %dx, %edx
	call print_decimal
	movw $text, %si
	call print
	lretw

/* Called by the BIOS's timer interrupt, with interrupts off. */
count_one:
	incl %cs:count
	ljmpw *%cs:before	/* whoever had the hook before returns */

text:	.asciz " timer interrupts\n"
	.balign 4
before:	.long 0
count:	.long 0
first:	.word 0
wanted:	.word 0
