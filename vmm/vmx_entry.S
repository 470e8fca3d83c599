/*
 * int vmx_enter_guest(struct vcpu_regs *regs, bool launched)
 *
 * Loads the guest's general registers, enters it with VMLAUNCH or VMRESUME, and
 * returns 0 after the VM exit, the guest's registers saved. Where the
 * instruction itself fails it returns enum vmx_result, the guest untouched.
 *
 * In: interrupts off, the guest's VMCS current, HOST_RIP = vmx_exit_guest. The
 * stack pointer is written to HOST_RSP here, as it depends on the caller.
 * The frame between entry and exit: the callee-saved registers and regs.
 */
#include "asm_offsets.h"

#define VMCS_HOST_RSP_ENCODING 0x6c14

	.text
	.globl vmx_enter_guest
vmx_enter_guest:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushq %rdi
	movl $VMCS_HOST_RSP_ENCODING, %eax
	vmwrite %rsp, %rax
	jbe 2f
	testb %sil, %sil		/* MOV keeps this flag for the jump */
	movq VCPU_RAX(%rdi), %rax
	movq VCPU_RCX(%rdi), %rcx
	movq VCPU_RDX(%rdi), %rdx
	movq VCPU_RBX(%rdi), %rbx
	movq VCPU_RBP(%rdi), %rbp
	movq VCPU_RSI(%rdi), %rsi
	movq VCPU_R8(%rdi), %r8
	movq VCPU_R9(%rdi), %r9
	movq VCPU_R10(%rdi), %r10
	movq VCPU_R11(%rdi), %r11
	movq VCPU_R12(%rdi), %r12
	movq VCPU_R13(%rdi), %r13
	movq VCPU_R14(%rdi), %r14
	movq VCPU_R15(%rdi), %r15
	movq VCPU_RDI(%rdi), %rdi
	jnz 1f
	vmlaunch
	jmp 2f
1:	vmresume

	/* Only reached when the instruction failed: CF or ZF says how. */
2:	movl $1, %eax			/* VMX_FAIL_INVALID */
	jc 3f
	movl $2, %eax			/* VMX_FAIL_VALID */
3:	popq %rdi
	jmp 4f

	.globl vmx_exit_guest
vmx_exit_guest:
	/* (%rsp) is regs, where everything but RDI can go at once. */
	pushq %rdi
	movq 8(%rsp), %rdi
	movq %rax, VCPU_RAX(%rdi)
	movq %rcx, VCPU_RCX(%rdi)
	movq %rdx, VCPU_RDX(%rdi)
	movq %rbx, VCPU_RBX(%rdi)
	movq %rbp, VCPU_RBP(%rdi)
	movq %rsi, VCPU_RSI(%rdi)
	movq %r8, VCPU_R8(%rdi)
	movq %r9, VCPU_R9(%rdi)
	movq %r10, VCPU_R10(%rdi)
	movq %r11, VCPU_R11(%rdi)
	movq %r12, VCPU_R12(%rdi)
	movq %r13, VCPU_R13(%rdi)
	movq %r14, VCPU_R14(%rdi)
	movq %r15, VCPU_R15(%rdi)
	popq VCPU_RDI(%rdi)
	addq $8, %rsp
	xorl %eax, %eax
4:	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret

	.section .note.GNU-stack, "", @progbits
