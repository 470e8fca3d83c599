/*
 * See state_snippets.h. The labels 1 and 2 belong to the elements. A look at
 * several registers is the OR of them all.
 */
#include "arch/msr.h"
#include "arch/x86.h"

	.set PUT16, 0
	.set LOOK16, 1
	.set PUT64, 2
	.set LOOK64, 3
	.set ROW, 4
	.set END, 5

	.macro element tag
2:	.byte \tag, 2f - 1f
1:
	.endm

	.macro row name, value, ecx=0, nobody=0
	element ROW
	.long \value, \ecx
	.byte \nobody
	.asciz "\name"
	.endm

	.macro code16 tag
	element \tag
	.code16
	.endm

	.macro code64 tag
	element \tag
	.code64
	.endm

	/* SSE wants the system's leave; in 64-bit guests it has it. */
	.macro allow_sse
	movl %cr4, %edx
	orw $CR4_OSFXSR, %dx
	movl %edx, %cr4
	.endm

	/* To and from a register of each name. */
	.macro spread instruction, names:vararg
	.irp name, \names
	\instruction %eax, %\name
	.endr
	.endm
	.macro gather instruction, names:vararg
	xorl %eax, %eax
	.irp name, \names
	\instruction %\name, %ecx
	orl %ecx, %eax
	.endr
	.endm

#define XMM_LOW xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7
#define XMM_HIGH xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15
#define MM mm0, mm1, mm2, mm3, mm4, mm5, mm6, mm7
#define R_HIGH r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d

	.section .rodata
	.globl state_snippets
state_snippets:
	row "XMM registers", 0x51a7e001
	code16 PUT16
	allow_sse
	spread movd, XMM_LOW
	lretw
	code16 LOOK16
	allow_sse
	gather movd, XMM_LOW
	lretw
	code64 PUT64
	spread movd, XMM_LOW, XMM_HIGH
	hlt
	code64 LOOK64
	gather movd, XMM_LOW, XMM_HIGH
	hlt

	/* Rounding up, all exceptions masked. */
	row "MXCSR", 0x5f80
	code16 PUT16
	allow_sse
	pushl %eax
	movw %sp, %bp
	ldmxcsr (%bp)
	popl %eax
	lretw
	code16 LOOK16
	allow_sse
	pushl %eax
	movw %sp, %bp
	stmxcsr (%bp)
	popl %eax
	lretw
	code64 PUT64
	pushq %rax
	ldmxcsr (%rsp)
	hlt
	code64 LOOK64
	pushq %rax
	stmxcsr (%rsp)
	popq %rax
	movl %eax, %eax
	hlt

	row "MMX registers", 0x51a7e003
	code16 PUT16
	spread movd, MM
	lretw
	code16 LOOK16
	gather movd, MM
	lretw
	code64 PUT64
	spread movd, MM
	hlt
	code64 LOOK64
	gather movd, MM
	hlt

	/* Rounding down, all exceptions masked. */
	row "x87 control word", 0x077f
	code16 PUT16
	pushl %eax
	movw %sp, %bp
	fldcw (%bp)
	popl %eax
	lretw
	code16 LOOK16
	pushl $0
	movw %sp, %bp
	fnstcw (%bp)
	popl %eax
	lretw
	code64 PUT64
	pushq %rax
	fldcw (%rsp)
	hlt
	code64 LOOK64
	pushq $0
	fnstcw (%rsp)
	popq %rax
	hlt

	row "CR2", 0x51a7e004
	code16 PUT16
	movl %eax, %cr2
	lretw
	code16 LOOK16
	movl %cr2, %eax
	lretw
	code64 PUT64
	movq %rax, %cr2
	hlt
	code64 LOOK64
	movq %cr2, %rax
	hlt

	.macro debug_register number, value
	row "DR\number", \value
	code16 PUT16
	movl %eax, %db\number
	lretw
	code16 LOOK16
	movl %db\number, %eax
	lretw
	code64 PUT64
	movq %rax, %db\number
	hlt
	code64 LOOK64
	movq %db\number, %rax
	hlt
	.endm
	debug_register 0, 0x51a7e010
	debug_register 1, 0x51a7e011
	debug_register 2, 0x51a7e012
	debug_register 3, 0x51a7e013
	debug_register 6, 0xffff2ff5
	debug_register 7, 0x00000402

	row "R8-R15", 0x51a7e005
	code64 PUT64
	spread movl, R_HIGH
	hlt
	code64 LOOK64
	gather movl, R_HIGH
	hlt

	/* The base that SWAPGS brings is looked at without leaving it there. */
	row "SWAPGS", 0x51a7e006, MSR_IA32_GS_BASE
	code64 PUT64
	xorl %edx, %edx
	wrmsr
	swapgs
	xorl %eax, %eax
	wrmsr
	hlt
	code64 LOOK64
	swapgs
	rdmsr
	swapgs
	hlt

	row "IA32_FS_BASE", 0x51a7e007, MSR_IA32_FS_BASE
	code16 PUT16
	xorl %edx, %edx
	wrmsr
	lretw
	code16 LOOK16
	rdmsr
	lretw
	code64 PUT64
	xorl %edx, %edx
	wrmsr
	hlt
	code64 LOOK64
	rdmsr
	hlt
	row "IA32_GS_BASE", 0x51a7e008, MSR_IA32_GS_BASE
	row "IA32_KERNEL_GS_BASE", 0x51a7e009, MSR_IA32_KERNEL_GS_BASE
	row "IA32_SYSENTER_CS", 0x51a0, MSR_IA32_SYSENTER_CS, 1
	row "IA32_SYSENTER_ESP", 0x51a7e021, MSR_IA32_SYSENTER_ESP, 1
	row "IA32_SYSENTER_EIP", 0x51a7e022, MSR_IA32_SYSENTER_EIP, 1
	row "IA32_STAR", 0x51a7e023, MSR_IA32_STAR, 1
	row "IA32_LSTAR", 0x51a7e024, MSR_IA32_LSTAR, 1
	row "IA32_CSTAR", 0x51a7e025, MSR_IA32_CSTAR, 1
	row "IA32_FMASK", 0x51a7e026, MSR_IA32_FMASK, 1
	row "IA32_EFER", EFER_SCE | EFER_LME | EFER_LMA, MSR_IA32_EFER, 1
	row "IA32_PAT", 0x06060606, MSR_IA32_PAT, 1
	row "IA32_DEBUGCTL", DEBUGCTL_LBR, MSR_IA32_DEBUGCTL, 1
	row "IA32_SPEC_CTRL", SPEC_CTRL_IBRS, MSR_IA32_SPEC_CTRL, 1
	row "IA32_TSC_AUX", 0x51a7e027, MSR_IA32_TSC_AUX, 1
	row "IA32_XSS", 1, MSR_IA32_XSS, 1
	row "IA32_U_CET", 1, MSR_IA32_U_CET, 1
	row "IA32_S_CET", 1, MSR_IA32_S_CET, 1
	row "IA32_BNDCFGS", 1, MSR_IA32_BNDCFGS, 1
	row "IA32_PKRS", 1, MSR_IA32_PKRS, 1
	row "IA32_PERF_GLOBAL_CTRL", 1, MSR_IA32_PERF_GLOBAL_CTRL, 1
	row "IA32_TSC_DEADLINE", 0x51a7e028, MSR_IA32_TSC_DEADLINE, 1
	row "IA32_APIC_BASE", 0, MSR_IA32_APIC_BASE, 1

	/* What would bring more of the processor's state within reach. */
	row "CR4.OSXSAVE", CR4_OSXSAVE, nobody=1
	code16 PUT16
	movl %cr4, %edx
	orl %eax, %edx
	movl %edx, %cr4
	lretw
	code64 PUT64
	movq %cr4, %rdx
	orl %eax, %edx
	movq %rdx, %cr4
	hlt
	row "CR4.PKE", CR4_PKE, nobody=1
	row "CR4.CET", CR4_CET, nobody=1
	row "CR4.PCIDE", CR4_PCIDE, nobody=1
	row "CR4.VMXE", CR4_VMXE, nobody=1
	row "CR4.SMXE", CR4_SMXE, nobody=1

	.macro instruction name, bytes:vararg
	row "\name", 0, 0, 1
	code16 PUT16
	.byte \bytes
	lretw
	code64 PUT64
	.byte \bytes
	hlt
	.endm
	instruction "XGETBV", 0x0f, 0x01, 0xd0
	instruction "XSETBV", 0x0f, 0x01, 0xd1
	instruction "XSAVE (EAX)", 0x0f, 0xae, 0x20
	instruction "AVX", 0xc5, 0xfd, 0xef, 0xc0
	instruction "RDPKRU", 0x0f, 0x01, 0xee
	instruction "RDTSCP", 0x0f, 0x01, 0xf9
	instruction "RDPID", 0xf3, 0x0f, 0xc7, 0xf8
	instruction "RDPMC", 0x0f, 0x33
	instruction "SYSENTER", 0x0f, 0x34
	instruction "SYSCALL", 0x0f, 0x05
	element END

	/* All of RAM but for the program, its stack and the BIOS's parts. */
	.set SEGMENT_FIRST, 0x3000
	.set SEGMENT_END, 0x9000
	.set SEGMENT_BYTES, 0x10000
	.set RAM64_FIRST, 0x20000
	.set RAM64_BYTES, 0xe0000

	/*
	 * Fill it with EAX; or look for EAX, and return 0 if it is not there.
	 */
	.macro ram16 search
	code16 PUT16
	cld
	movw $SEGMENT_FIRST, %dx
3:	movw %dx, %es
	xorw %di, %di
	movw $(SEGMENT_BYTES / 4), %cx
	.if \search
	repne scasl
	je 4f
	.else
	rep stosl
	.endif
	addw $(SEGMENT_BYTES >> 4), %dx
	cmpw $SEGMENT_END, %dx
	jne 3b
	.if \search
	xorl %eax, %eax
	.endif
4:	lretw
	.endm

	.macro ram64 search
	code64 PUT64
	cld
	movl $RAM64_FIRST, %edi
	movl $(RAM64_BYTES / 4), %ecx
	.if \search
	repne scasl
	je 3f
	xorl %eax, %eax
	.else
	rep stosl
	.endif
3:	hlt
	.endm

	.globl state_fill16, state_scan16, state_fill64, state_scan64
state_fill16:
	ram16 search=0
state_scan16:
	ram16 search=1
state_fill64:
	ram64 search=0
state_scan64:
	ram64 search=1
2:

	.section .note.GNU-stack, "", @progbits
