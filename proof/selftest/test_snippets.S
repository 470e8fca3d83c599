/*
 * The programs of proof/selftest/test_snippets.h. One entry is the line `test`
 * and the code up to the next: name, end, AX, why, VME, engines. Most return in
 * AX what they found; 92 is the label of an entry's first instruction, where IP
 * is 0.
 */

	/* enum vcpu_end */
	.set DONE, 0
	.set FAULT, 2
	.set SHUTDOWN, 3
	.set REFUSED, 4

	/* As in test_snippets.h. */
	.set V86, 1
	.set REAL, 2
	.set ALL, V86 | REAL
	.set VME, 4

	/* What should not come back does so here if it comes back after all. */
	.macro test name, end, ax=0, why="", vme=1, engines=ALL
	lretw
	.balign 2
	.ifndef test_snippets
test_snippets:
	.endif
91:
90:	.word 91f - 90b
	.word \ax
	.byte \end, (\engines) | \vme * VME
	.asciz "\name"
	.asciz "\why"
92:
	.endm

	/* DS = 0, and the interrupt vector leads to target. */
	.macro vector number, target
	xorw %ax, %ax
	movw %ax, %ds
	movw $(\target - 92b), (4 * \number)
	movw %cs, (4 * \number + 2)
	.endm

	/* A handler's way back: the return address moves by `bytes`. */
	.macro return_behind bytes
	pushw %bp
	movw %sp, %bp
	addw $\bytes, 2(%bp)
	popw %bp
	iretw
	.endm

	.section .rodata
	.code16
	.globl test_snippets

#include "proof/selftest/test_snippets_privileged.inc"
#include "proof/selftest/test_snippets_flags.inc"
#include "proof/selftest/test_snippets_interrupts.inc"
#include "proof/selftest/test_snippets_ports.inc"

	lretw
	.balign 2
91:	.word 0

	.section .note.GNU-stack, "", @progbits
