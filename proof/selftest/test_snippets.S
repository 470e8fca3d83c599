/*
 * The programs of proof/selftest/test_snippets.h. One entry is the line `test` and the
 * code up to the next: name, end, AX, why, VME, engines. Most return in AX what they
 * found; 92 is the label of an entry's first instruction, where IP is 0.
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

	/* Privileged instructions, which the host makes good. */
	test "HLT, IF=0", FAULT, why="HLT with"
	cli
	hlt

	test "HLT, IF=1", DONE, ax=1
	movw $1, %ax
	hlt
	lretw

	/* PE clear, ET set; TS goes on and off. */
	test "MOV CR0, CLTS", DONE, ax=0x0810
	movl %cr0, %eax
	movw %ax, %bx
	orb $8, %al
	movl %eax, %cr0
	movl %cr0, %ecx
	clts
	movl %cr0, %eax
	andw $8, %cx
	movb %cl, %ah
	andb $0x19, %bl
	andb $0x19, %al
	cmpb %bl, %al
	je 1f
	incw %ax
1:	lretw

	test "MOV to CR0, PE", REFUSED, why="protected mode", engines=V86
	movl %cr0, %eax
	incw %ax
	movl %eax, %cr0

	test "LMSW, PE", REFUSED, why="protected mode", engines=V86
	movw $1, %ax
	lmsww %ax

	test "MOV from DR7", DONE, ax=0x400
	movl %db7, %eax
	lretw

	test "LGDT, LIDT", DONE, ax=1
	movw $0x3ff, %ss:(0x100)
	movl $0, %ss:(0x102)
	lgdtw %ss:(0x100)
	lidtw %ss:(0x100)
	movw $1, %ax
	lretw

	/* IA32_APIC_BASE: the boot core's. */
	test "RDMSR", DONE, ax=0x100
	movl $0x1b, %ecx
	rdmsr
	andw $0x100, %ax
	lretw

	test "RDMSR, not there", FAULT, why="#GP"
	movl $0x400000ff, %ecx
	rdmsr

	test "WRMSR", FAULT, why="#GP"
	movl $0x1b, %ecx
	wrmsr

	/* The one that is written by who looks for the microcode's revision. */
	test "WRMSR of the revision", DONE, ax=1
	movl $0x8b, %ecx
	xorl %eax, %eax
	xorl %edx, %edx
	wrmsr
	movw $1, %ax
	lretw

	test "INVD, WBINVD, INVLPG", DONE, ax=1
	invd
	wbinvd
	invlpg (0)
	movw $1, %ax
	lretw

	/* What no program of real mode can use here. */
	test "MONITOR", FAULT, why="#UD", engines=V86
	monitor

	test "MONITOR, real mode", FAULT, why="MONITOR: not", engines=REAL
	monitor

	test "MWAIT", FAULT, why="#UD", engines=V86
	mwait

	test "MWAIT, real mode", FAULT, why="MWAIT, ", engines=REAL
	mwait

	/* Processors differ in which of the two they find first. */
	test "XSETBV", FAULT, why="#"
	xsetbv

	test "LLDT", FAULT, why="#UD"
	lldt %ax

	test "UD2", FAULT, why="#UD"
	ud2

	/* VMX: of its instructions VMCALL alone exits in this mode. */
	test "VMCALL", FAULT, why="VMCALL at"
	vmcall

	/* Where calls come back to, but in another segment. */
	test "VMCALL at offset 2", FAULT, why="VMCALL at 1000:0002"
	nop
	nop
	vmcall

	test "VMXON", FAULT, why="#UD"
	vmxon (0)

	test "VMXOFF", FAULT, why="#UD"
	vmxoff

	test "VMCLEAR", FAULT, why="#UD"
	vmclear (0)

	test "VMPTRLD", FAULT, why="#UD"
	vmptrld (0)

	test "VMPTRST", FAULT, why="#UD"
	vmptrst (0)

	test "VMREAD", FAULT, why="#UD"
	vmread %eax, %ecx

	test "VMWRITE", FAULT, why="#UD"
	vmwrite %eax, %ecx

	test "VMLAUNCH", FAULT, why="#UD"
	vmlaunch

	test "VMRESUME", FAULT, why="#UD"
	vmresume

	test "INVEPT", FAULT, why="#UD"
	.byte 0x66, 0x0f, 0x38, 0x80, 0x06, 0, 0	/* invept (0), %eax */

	test "INVVPID", FAULT, why="#UD"
	.byte 0x66, 0x0f, 0x38, 0x81, 0x06, 0, 0	/* invvpid (0), %eax */

	/* Segment limits. */
	test "byte at 10000h", FAULT, why="#GP"
	movl $0x10000, %eax
	movb (%eax), %al

	test "word at FFFFh", FAULT, why="#GP"
	movw $0xffff, %bx
	movw %bx, %ds
	movw (%bx), %ax

	test "PUSH, SP=1", FAULT, why="at 1000:0003"
	movw $1, %sp
	pushw %ax

	test "PUSH, SP=0", DONE, ax=0xfffe
	movw %sp, %bp
	movw $0x5a5a, %bx
	xorw %sp, %sp
	pushw %bx
	movw %sp, %ax
	movw %bp, %sp
	cmpw %bx, %ss:(0xfffe)
	je 1f
	incw %ax
1:	lretw

	/* What STI and MOV SS hold back must not outlive a run that ends there. */
	test "STI, then UD2", FAULT, why="#UD"
	cli
	sti
	ud2

	test "MOV SS, then UD2", FAULT, why="#UD"
	movw %ss, %ax
	movw %ax, %ss
	ud2

	/* IF is the guest's own. AX: a digit for each thing that is right. */
	test "PUSHF, POPF, CLI, STI", DONE, ax=0x0222
	pushfw
	popw %ax
	cli
	pushfw
	popw %bx
	sti
	pushfw
	popw %cx
	pushw %bx
	popfw
	pushfw
	popw %dx
	pushw %cx
	popfw
	pushfw
	popw %si
	andw $0x200, %ax
	shrw $8, %ax		/* 0002: on when called */
	orw %bx, %dx
	andw $0x200, %dx
	orw %dx, %ax
	andw %cx, %si
	andw $0x200, %si
	shrw $4, %si
	orw %si, %ax		/* 0020: on after STI, and by POPF */
	xorw $0x200, %ax	/* 0200: off after CLI, and by POPF */
	lretw

	/* VM and RF are in no image of the flags. */
	test "PUSHFD", DONE, ax=0
	pushfl
	popl %eax
	shrl $16, %eax
	andw $3, %ax
	lretw

	test "SMSW", DONE, ax=1, engines=V86
	smsww %ax
	andw $1, %ax
	lretw

	/* LMSW sets PE and never clears it; MP, EM and TS it does. */
	test "SMSW, LMSW, real mode", DONE, ax=0x1f11, engines=REAL
	cli
	smsww %bx
	movw $0x0f, %ax
	lmsww %ax
	smsww %cx
	xorw %ax, %ax
	lmsww %ax
	smsww %dx
	movl %cr0, %eax
	andb $0xfe, %al
	movl %eax, %cr0
	smsww %ax
	orw %bx, %ax
	andb $0x0f, %al		/* none at first and at last */
	movb %cl, %ah
	orb %dl, %al
	andw $0x1f1f, %ax
	lretw

	/* An unaligned access with AC set: CR0.AM is clear. */
	test "AC", DONE, ax=0x1234
	pushfl
	popl %eax
	orl $0x40000, %eax
	pushl %eax
	popfl
	movw $0x1234, %ss:(0x101)
	movw %ss:(0x101), %ax
	lretw

	/* Interrupts through the IVT. */
	.macro int_60
	vector 0x60, 1f
	int $0x60
	pushfw
	popw %bx
	andw $0x200, %bx
	xorw %bx, %ax
	lretw
1:	pushfw			/* IF and TF are clear in here */
	popw %ax
	andw $0x300, %ax
	xorw $0x1004, %ax
	iretw
	.endm

	test "INT n, VME", DONE, ax=0x1204
	int_60

	test "INT n, no VME", DONE, ax=0x1204, vme=0
	int_60

	/* The frame goes to two pages that are not there yet. */
	.macro int_on_new_pages
	vector 0x60, 1f
	movw %ss, %bx
	movw %sp, %bp
	movw $0x4000, %ax
	movw %ax, %ss
	movw $0x1002, %sp
	int $0x60
	subw $0x1002, %sp
	addw %sp, %ax
	movw %bx, %ss
	movw %bp, %sp
	lretw
1:	movw $0x77, %ax
	iretw
	.endm

	test "INT n on new pages, VME", DONE, ax=0x77
	int_on_new_pages

	test "INT n on new pages, no VME", DONE, ax=0x77, vme=0
	int_on_new_pages

	test "INT3", DONE, ax=3
	vector 3, 1f
	int3
	lretw
1:	movw $3, %ax
	iretw

	test "INT3, no VME", DONE, ax=3, vme=0
	vector 3, 1f
	int3
	lretw
1:	movw $3, %ax
	iretw

	test "INTO", DONE, ax=0x100
	vector 4, 1f
	into			/* OF is clear: nothing */
	movb $0x7f, %al
	incb %al
	into
	lretw
1:	addw $0x80, %ax
	iretw

	test "INT1", DONE, ax=0x11
	vector 1, 1f
	.byte 0xf1		/* int1 */
	lretw
1:	movw $0x11, %ax
	iretw

	test "BOUND", DONE, ax=0x10
	vector 5, 1f
	movl $0x00200010, %ss:(0x100)
	xorw %ax, %ax
	boundw %ax, %ss:(0x100)
	lretw
1:	movw $0x10, %ax		/* within: it is tried again */
	iretw

	test "#DE", DONE, ax=0x55
	vector 0, 1f
	xorw %cx, %cx
	divb %cl
	lretw
1:	movw $0x55, %ax
	return_behind 2

	test "#DE behind STI", DONE, ax=0x55
	vector 0, 1f
	xorw %cx, %cx
	cli
	sti
	divb %cl
	lretw
1:	movw $0x55, %ax
	return_behind 2

	/* A handler that counts steps; with the third TF is clear behind it. */
	.macro three_steps
	incw %ax
	cmpw $3, %ax
	jb 2f
	pushw %bp
	movw %sp, %bp
	andb $0xfe, 7(%bp)
	popw %bp
2:	iretw
	.endm

	test "TF", DONE, ax=3
	vector 1, 1f
	pushfw
	popw %bx
	orb $1, %bh
	pushw %bx
	popfw
	nop
	nop
	nop
	nop
	lretw
1:	three_steps

	/* The step behind STI; the handler begins with IF clear. */
	test "TF over STI", DONE, ax=3
	vector 1, 1f
	pushfw
	popw %bx
	andw $0xfdff, %bx
	orb $1, %bh
	pushw %bx
	popfw
	sti
	nop
	nop
	nop
	lretw
1:	three_steps

	/*
	 * How far behind CPUID, which the host executes, the first step is seen:
	 * at its end, with what MOV SS held back before it as well.
	 */
	.macro step_over_cpuid before:vararg
	vector 1, 1f
	movw %ss, %si
	pushfw
	popw %bx
	orb $1, %bh
	pushw %bx
	popfw
	\before
2:	cpuid
	nop
	nop
	nop
	nop
	lretw
1:	movw %sp, %bp
	movw (%bp), %ax		/* the first is the last */
	subw $(2b - 92b), %ax
	andb $0xfe, 5(%bp)
	iretw
	.endm

	/* The host goes on behind it, where a segment of 16 bits has its start. */
	test "CPUID at the end of a segment", DONE, ax=0x77
	movw $0x4000, %bx
	movw %bx, %ds
	movw $0xa20f, (0xfffe)	/* cpuid */
	movb $0xea, (0)		/* ljmpw */
	movw $(1f - 92b), (1)
	movw %cs, (3)
	xorl %eax, %eax
	ljmpw $0x4000, $0xfffe
1:	movw $0x77, %ax
	lretw

	test "TF over CPUID", DONE, ax=2
	step_over_cpuid

	test "TF over MOV SS, CPUID", DONE, ax=2
	step_over_cpuid movw %si, %ss

#include "proof/selftest/test_snippets_ports.inc"

	lretw
	.balign 2
91:	.word 0

	.section .note.GNU-stack, "", @progbits
