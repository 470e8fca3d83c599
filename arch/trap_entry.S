/*
 * One stub for each of the 256 vectors, leading to
 *
 *	void trap_dispatch(struct trap_frame *frame)
 *
 * with all general registers saved in the frame's order (arch/trap.h) and
 * interrupts off. There is no user mode, so GS is the kernel's already.
 */
#include "asm_offsets.h"

	.text

	/* Vectors for which the processor pushes an error code. */
#define BIT(n) (1 << (n))
	.set vectors_with_error_code, BIT(8) | BIT(10) | BIT(11) | BIT(12) | \
		BIT(13) | BIT(14) | BIT(17) | BIT(21) | BIT(29) | BIT(30)

	/*
	 * Each stub is padded to 8 bytes, so that C can compute its address. It
	 * pushes its vector - 128, which fits the short form of PUSH.
	 */
	.macro stub entry
	.balign 8
	pushq $vector - 128
	jmp \entry
	.set vector, vector + 1
	.endm

	.balign 8
	.globl trap_stubs
trap_stubs:
	.set vector, 0
	.rept 256
	.if vector < 32 && ((vectors_with_error_code >> (vector & 31)) & 1)
	stub trap_common
	.else
	stub trap_without_error_code
	.endif
	.endr

	/*
	 * A second set of stubs for vectors 08h-0Fh, as interrupts of the PIC,
	 * which push no error code. The frame's vector is 100h higher.
	 */
	.balign 8
	.globl trap_pic_stubs
trap_pic_stubs:
	.set vector, 0x08
	.rept 8
	stub trap_of_pic
	.endr

trap_of_pic:
	addq $0x100, (%rsp)
trap_without_error_code:
	pushq (%rsp)
	movq $0, 8(%rsp)		/* the error code */
trap_common:
	subq $-128, (%rsp)		/* now it is the vector */
	cld
	pushq %rax
	pushq %rcx
	pushq %rdx
	pushq %rbx
	pushq %rbp
	pushq %rsi
	pushq %rdi
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, %rdi
	andq $-16, %rsp
	pushq %rdi
	pushq %rdi
	call trap_dispatch
	popq %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rdi
	popq %rsi
	popq %rbp
	popq %rbx
	popq %rdx
	popq %rcx
	popq %rax
	addq $16, %rsp			/* vector and error code */
	iretq

/* void gdt_reload_cs(void): CS becomes the kernel's code selector. */
	.globl gdt_reload_cs
gdt_reload_cs:
	popq %rax
	pushq $SELECTOR_KERNEL_CODE_VALUE
	pushq %rax
	lretq

/*
 * bool rdmsr_safe(u32 msr, u64 *value): false, and *value = 0, where RDMSR
 * faults. bool wrmsr_safe(u32 msr, u64 value): false where WRMSR faults.
 * Listed in the fix-up table: a #GP at the first address goes on at the second.
 */
	.globl rdmsr_safe
rdmsr_safe:
	movl %edi, %ecx
1:	rdmsr
	shlq $32, %rdx
	orq %rdx, %rax
	movq %rax, (%rsi)
	movl $1, %eax
	ret
2:	movq $0, (%rsi)
	xorl %eax, %eax
	ret

	.globl wrmsr_safe
wrmsr_safe:
	movl %edi, %ecx
	movl %esi, %eax
	movq %rsi, %rdx
	shrq $32, %rdx
3:	wrmsr
	movl $1, %eax
	ret
4:	xorl %eax, %eax
	ret

/*
 * void call_on_stack(void (*function)(void), u64 stack_top): leaves the present
 * stack for good; function must not return.
 */
	.globl call_on_stack
call_on_stack:
	movq %rsi, %rsp
	xorl %ebp, %ebp
	call *%rdi
	ud2

	.section .fixup_table, "a"
	.quad 1b, 2b
	.quad 3b, 4b

	.section .note.GNU-stack, "", @progbits
