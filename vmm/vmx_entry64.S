/*
 * int vmx_run_guest64(struct vcpu *vcpu, bool launched)
 *
 * What vmm/vmx_entry.S does, for guests that may run 64-bit code: R8-R15 are
 * the guest's too. HOST_RIP of the VMCS must lead here, so that it is written
 * with HOST_RSP, for all the exits of the run at once; and to the way back
 * that does what a leaking processor needs, where it is one.
 *
 * In: interrupts off, the guest's VMCS current. Returns 0 when vcpu_exited64()
 * has returned something else, or enum vmx_result where the VM entry
 * instruction itself fails. Changes only what a C function may.
 */
#include "asm_offsets.h"
#include "vmm/vmx_mitigate.inc"

#define VMCS_HOST_RSP_ENCODING 0x6c14
#define VMCS_HOST_RIP_ENCODING 0x6c16

	/* MOV keeps the flags. */
	.macro load_registers64_by_rdi
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
	.endm

	.text
	.globl vmx_run_guest64
vmx_run_guest64:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushq %rdi			/* vcpu: what an exit finds at (%rsp) */
	movl $VMCS_HOST_RSP_ENCODING, %eax
	vmwrite %rsp, %rax
	jbe 2f
	movl $VMCS_HOST_RIP_ENCODING, %eax
	movq $vmx_exit_guest64, %rdx
	cmpb $0, VCPU_MITIGATED(%rdi)
	je 5f
	movq $vmx_exit_guest64_mitigated, %rdx
5:
	vmwrite %rdx, %rax
	jbe 2f
	testb %sil, %sil
	load_registers64_by_rdi
	jnz 1f
	vmlaunch
	jmp 2f
1:	vmresume

	/* Only reached when the instruction failed: CF or ZF says how. */
2:	movl $1, %eax			/* VMX_FAIL_INVALID */
	jc 4f
	movl $2, %eax			/* VMX_FAIL_VALID */
	jmp 4f

	.macro exit_guest64 name, mitigated
	.globl \name
\name:
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
	.if \mitigated
	mitigate_after_exit
	.endif
	leaq 48(%rsp), %rbp		/* our frame again, for backtraces */
	call vcpu_exited64
	testl %eax, %eax
	jnz 3f
	movq (%rsp), %rdi
	.if \mitigated
	mitigate_before_entry
	load_registers64_by_rdi
	verw vmx_verw_selector(%rip)
	vmresume
	jmp 2b
	.else
	load_registers64_by_rdi
	jmp 1b
	.endif
	.endm

	exit_guest64 vmx_exit_guest64, 0
	exit_guest64 vmx_exit_guest64_mitigated, 1

3:	xorl %eax, %eax
4:	addq $8, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret

	.section .note.GNU-stack, "", @progbits
