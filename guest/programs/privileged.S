/*
 * Executes privileged instructions, and some that real mode does not have, one
 * after the other, with handlers of its own for #UD (INT 06h) and #GP (INT
 * 0Dh); prints what came of each. The same lines come in every engine.
 *
 *	run privileged
 *
 * AX is how many raised an exception.
 */
#include "guest/abi.h"

#define VECTOR_UD (4 * 0x06)
#define VECTOR_GP (4 * 0x0d)

	/* Not of the preprocessor, which leaves quoted text alone. */
	.set MSR_APIC_BASE, 0x1b
	.set MSR_NONE, 0x400000ff
	.set PORT_SPEAKER, 0x61
	.set PORT_POST_CODE, 0x80

	/* The instructions after the name; a handler goes on behind them. */
	.macro try name, code
	movw $9f, resume
	movw $text_ok, outcome
	\code
9:	call report
	.asciz "\name"
	.endm

	.code16
	.globl _start
_start:
	pushw $0
	popw %fs
	pushl %fs:VECTOR_UD
	pushl %fs:VECTOR_GP
	movw $on_ud, %fs:VECTOR_UD
	movw %cs, %fs:(VECTOR_UD + 2)
	movw $on_gp, %fs:VECTOR_GP
	movw %cs, %fs:(VECTOR_GP + 2)
	movw %sp, stack
	cld

	try "cli", cli
	try "sti", sti
	try "pushf, popf", "pushfw; popfw"
	try "hlt", hlt
	try "in", "inb $PORT_SPEAKER, %al"
	try "out", "outb %al, $PORT_POST_CODE"
	try "smsw", "smsww %ax"
	try "lmsw", "movl %cr0, %eax; lmsww %ax"
	try "mov from cr0", "movl %cr0, %eax"
	try "mov to cr0", "movl %cr0, %eax; movl %eax, %cr0"
	try "clts", clts
	try "mov from cr2", "movl %cr2, %eax"
	try "mov to cr3", "movl %cr3, %eax; movl %eax, %cr3"
	try "mov to cr4", "movl %cr4, %eax; movl %eax, %cr4"
	try "mov from cr1", ".byte 0x0f, 0x20, 0xc8"
	try "mov from dr7", "movl %db7, %eax"
	try "mov to dr7", "movl %db7, %eax; movl %eax, %db7"
	try "sgdt", "sgdtw table"
	try "lgdt", "lgdtw table"
	try "sidt", "sidtw table"
	try "lidt", "lidtw table"
	try "rdmsr of the APIC base", "movl $MSR_APIC_BASE, %ecx; rdmsr"
	try "rdmsr of none", "movl $MSR_NONE, %ecx; rdmsr"
	try "wrmsr", "movl $MSR_APIC_BASE, %ecx; wrmsr"
	try "cpuid", "xorl %eax, %eax; cpuid"
	try "invd", invd
	try "wbinvd", wbinvd
	try "invlpg", "invlpg table"
	try "ud2", ud2
	try "lock nop", ".byte 0xf0, 0x90"
	try "sldt", "sldtw %ax"
	try "str", "strw %ax"
	try "lldt", "lldtw %ax"
	try "ltr", "ltrw %ax"
	try "lar", "larw %ax, %bx"
	try "arpl", ".byte 0x63, 0xc0"
	try "sysenter", sysenter
	try "sysexit", sysexit
	try "rsm", rsm
	try "vmxon", "vmxon table"

	popl %fs:VECTOR_GP
	popl %fs:VECTOR_UD
	movw exceptions, %ax
	lretw

/* The name follows the call; `name result` is a line. */
report:	popw %si
	call print
1:	lodsb
	testb %al, %al
	jnz 1b
	pushw %si		/* behind the name */
	movw $space, %si
	call print
	movw outcome, %si
	call print
	movw $line_end, %si
	call print
	ret

on_ud:	movw $text_ud, %cs:outcome
	jmp 1f
on_gp:	movw $text_gp, %cs:outcome
1:	incw %cs:exceptions
	movw %cs:stack, %sp	/* what was tried may have left anything there */
	sti
	jmp *%cs:resume

text_ok:
	.asciz "ok"
text_ud:
	.asciz "#UD"
text_gp:
	.asciz "#GP"
space:	.asciz " "
line_end:
	.asciz "\n"

	.bss
resume:	.word 0
outcome:
	.word 0
stack:	.word 0
exceptions:
	.word 0
table:	.space 10
