/*
 * int vmx_run_guest(struct vcpu *vcpu, bool launched)
 *
 * Loads the guest's general registers, enters it with VMLAUNCH or VMRESUME,
 * saves them after the VM exit, calls vcpu_exited(vcpu), and enters the guest
 * again as long as that returns 0. Returns 0 after something else; where the
 * instruction itself fails, enum vmx_result, the guest untouched.
 *
 * In: interrupts off, the guest's VMCS current, HOST_RIP = vmx_exit_guest. The
 * stack pointer depends on the caller, so HOST_RSP is written here, for all the
 * exits of the run at once.
 *
 * Guests of 16- and 32-bit code cannot touch R8-R15: these are neither saved
 * nor loaded, and through an exit R12-R15 keep what they hold for our caller.
 * A guest of 64-bit code has an entry of its own, vmm/vmx_entry64.S.
 *
 * Where the processor leaks, HOST_RIP = vmx_exit_guest_mitigated: the same way
 * back and forth, with what is done against that.
 */
#include "asm_offsets.h"
#include "vmm/vmx_mitigate.inc"

#define VMCS_HOST_RSP_ENCODING 0x6c14

	/* MOV keeps the flags. */
	.macro load_registers_by_rdi
	movq VCPU_RAX(%rdi), %rax
	movq VCPU_RCX(%rdi), %rcx
	movq VCPU_RDX(%rdi), %rdx
	movq VCPU_RBX(%rdi), %rbx
	movq VCPU_RBP(%rdi), %rbp
	movq VCPU_RSI(%rdi), %rsi
	movq VCPU_RDI(%rdi), %rdi
	.endm

	.text
	.globl vmx_run_guest
vmx_run_guest:
	pushq %rbp
	pushq %rbx
	pushq %rdi			/* vcpu: what an exit finds at (%rsp) */
	movl $VMCS_HOST_RSP_ENCODING, %eax
	vmwrite %rsp, %rax
	jbe 2f
	testb %sil, %sil
	load_registers_by_rdi
	jnz 1f
	vmlaunch
	jmp 2f
1:	vmresume

	/* Only reached when the instruction failed: CF or ZF says how. */
2:	movl $1, %eax			/* VMX_FAIL_INVALID */
	jc 4f
	movl $2, %eax			/* VMX_FAIL_VALID */
	jmp 4f

	.macro exit_guest name, mitigated
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
	popq VCPU_RDI(%rdi)
	.if \mitigated
	mitigate_after_exit
	.endif
	leaq 16(%rsp), %rbp		/* our frame again, for backtraces */
	call vcpu_exited
	testl %eax, %eax
	jnz 3f
	movq (%rsp), %rdi
	.if \mitigated
	mitigate_before_entry
	load_registers_by_rdi
	verw vmx_verw_selector(%rip)
	vmresume
	jmp 2b
	.else
	load_registers_by_rdi
	jmp 1b
	.endif
	.endm

	exit_guest vmx_exit_guest, 0
	exit_guest vmx_exit_guest_mitigated, 1

3:	xorl %eax, %eax
4:	addq $8, %rsp
	popq %rbx
	popq %rbp
	ret

	/* VERW clears buffers only with an operand in memory. */
	.section .rodata
	.balign 2
	.globl vmx_verw_selector
vmx_verw_selector:
	.word SELECTOR_KERNEL_DATA_VALUE

	.section .note.GNU-stack, "", @progbits
