/*
 * The 16-bit programs of proof/bench/bench_snippets.h; run inside guests only.
 */

	/* INT 08h, the timer's, has its address here. */
	.set IVT_TIMER, 4 * 0x08
	/* The low word of the count that its handler keeps. */
	.set BDA_TICKS, 0x46c

	.set MSR_IA32_TIME_STAMP_COUNTER, 0x10

	/* Where DS:SI points to, for INT 13h/42h. */
	.set BENCH_PACKET, 0x6000
	/* Where there is room for a sector, in the same segment. */
	.set BENCH_DATA, 0x7000

	.macro snippet name
	.pushsection .rodata.bench_table, "a"
	.balign 8
	.globl bench_snippet_\name
bench_snippet_\name:
	.quad \name
	.quad \name\()_end - \name
	.popsection
\name:
	.endm

	/* The operation stands between this and end_timed. */
	.macro timed name
	snippet \name
	movl %edx, %ebx
	rdtsc
	movl %eax, %esi
	movl %ebx, %edx
1:	xorl %eax, %eax
	.endm

	.macro end_timed name
	decl %edi
	jnz 1b
	rdtsc
	subl %esi, %eax
	lretw
\name\()_end:
	.endm

	.section .rodata
	.code16

	timed empty
	end_timed empty

	timed cpuid
	cpuid
	end_timed cpuid

	timed vmcall
	vmcall
	end_timed vmcall

	timed out
	outb %al, %dx
	end_timed out

	timed rdmsr
	movl $MSR_IA32_TIME_STAMP_COUNTER, %ecx
	rdmsr
	end_timed rdmsr

	timed int11
	int $0x11
	end_timed int11

	timed teletype
	movw $0x0e00 | '.', %ax
	movw $7, %bx
	int $0x10
	end_timed teletype

	timed disk_read
	pushl %esi
	movw $0x4200, %ax
	movw $BENCH_PACKET, %si
	movw %bp, %dx
	int $0x13
	popl %esi
	end_timed disk_read

	timed sector_read
	pushw %ds
	popw %es
	movw $BENCH_DATA, %bx
	movw $0x0201, %ax
	movw $0x0001, %cx
	movw %bp, %dx
	int $0x13
	end_timed sector_read

	timed mode_set
	movw $0x0003, %ax
	int $0x10
	end_timed mode_set

	/* Enters the handler as an interrupt would, and without an exit. */
	timed irq0
	pushfw
	cli
	lcallw *IVT_TIMER
	end_timed irq0

	snippet gaps
	rdtsc
	movl %eax, %ebx
1:	rdtsc
	movl %eax, %edx
	subl %ebx, %edx
	movl %eax, %ebx
	cmpl %ebp, %edx
	jb 1b
	movl %edx, %es:(%di)
	addw $4, %di
	decl %ecx
	jnz 1b
	lretw
gaps_end:

	snippet tick_gaps
	movw BDA_TICKS, %si
	rdtsc
	movl %eax, %ebx
1:	rdtsc
	movl %eax, %edx
	subl %ebx, %edx
	movl %eax, %ebx
	cmpl %ebp, %edx
	jb 1b
	movw BDA_TICKS, %ax
	cmpw %si, %ax
	je 1b
	movw %ax, %si
	movl %edx, %es:(%di)
	addw $4, %di
	decl %ecx
	jnz 1b
	lretw
tick_gaps_end:

	snippet return
	lretw
return_end:

	.section .note.GNU-stack, "", @progbits
