/*
 * The way into a guest and back.
 *
 * void vmx_run_guest(struct vcpu *vcpu, void (*enter)(struct vcpu *vcpu))
 *
 * Enters the guest by `enter`, vmx_launch or vmx_resume. Each VM exit saves the
 * guest's general registers and calls vcpu->exited(vcpu). That ends with a tail
 * call of vmx_resume, and the guest goes on; or it returns, and so does
 * vmx_run_guest. Where an instruction for entry itself fails,
 * vcpu_entry_failed(vcpu) is called before that.
 *
 * In: interrupts off, the guest's VMCS current, its HOST_RIP the vmx_exit of
 * the same way. The stack pointer depends on the caller, so HOST_RSP is written
 * here, for all the exits of the run at once: whatever a handler has left on
 * the stack when it resumes the guest is forgotten by the next exit.
 *
 * A way is made for guests of 16- and 32-bit code, which cannot touch R8-R15,
 * and one for those of 64-bit code; each once more for processors that leak.
 * All general registers of the caller's are on the stack meanwhile: what R8-R15
 * hold after code outside of 64-bit mode, the SDM does not promise (volume 1,
 * "General-Purpose Registers in 64-Bit Mode").
 */
#include "asm_offsets.h"
#include "vmm/vmx/vmx_mitigate.inc"

#define VMCS_HOST_RSP_ENCODING 0x6c14

	.macro load_registers wide
	movq VCPU_RAX(%rdi), %rax
	movq VCPU_RCX(%rdi), %rcx
	movq VCPU_RDX(%rdi), %rdx
	movq VCPU_RBX(%rdi), %rbx
	movq VCPU_RBP(%rdi), %rbp
	movq VCPU_RSI(%rdi), %rsi
	.if \wide
	movq VCPU_R8(%rdi), %r8
	movq VCPU_R9(%rdi), %r9
	movq VCPU_R10(%rdi), %r10
	movq VCPU_R11(%rdi), %r11
	movq VCPU_R12(%rdi), %r12
	movq VCPU_R13(%rdi), %r13
	movq VCPU_R14(%rdi), %r14
	movq VCPU_R15(%rdi), %r15
	.endif
	movq VCPU_RDI(%rdi), %rdi
	.endm

	/* All but RDI. */
	.macro save_registers wide
	movq %rax, VCPU_RAX(%rdi)
	movq %rcx, VCPU_RCX(%rdi)
	movq %rdx, VCPU_RDX(%rdi)
	movq %rbx, VCPU_RBX(%rdi)
	movq %rbp, VCPU_RBP(%rdi)
	movq %rsi, VCPU_RSI(%rdi)
	.if \wide
	movq %r8, VCPU_R8(%rdi)
	movq %r9, VCPU_R9(%rdi)
	movq %r10, VCPU_R10(%rdi)
	movq %r11, VCPU_R11(%rdi)
	movq %r12, VCPU_R12(%rdi)
	movq %r13, VCPU_R13(%rdi)
	movq %r14, VCPU_R14(%rdi)
	movq %r15, VCPU_R15(%rdi)
	.endif
	.endm

	.macro enter instruction, wide, mitigated
	.if \mitigated
	mitigate_before_entry
	.endif
	load_registers \wide
	.if \mitigated
	verw verw_selector(%rip)
	.endif
	\instruction
	jmp entry_failed
	.endm

	.macro way suffix, wide, mitigated
	.globl vmx_launch\suffix
vmx_launch\suffix:
	enter vmlaunch, \wide, \mitigated

	.globl vmx_resume\suffix
vmx_resume\suffix:
	enter vmresume, \wide, \mitigated

	.globl vmx_exit\suffix
vmx_exit\suffix:
	pushq %rdi
	movq 8(%rsp), %rdi
	save_registers \wide
	popq VCPU_RDI(%rdi)
	.if \mitigated
	mitigate_after_exit
	.endif
	leaq 48(%rsp), %rbp		/* our frame again, for backtraces */
	call *VCPU_EXITED(%rdi)
	jmp run_over
	.endm

	.text
	.globl vmx_run_guest
vmx_run_guest:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushq %rdi			/* vcpu: what an exit finds at (%rsp) */
	movl $VMCS_HOST_RSP_ENCODING, %eax
	vmwrite %rsp, %rax
	jmp *%rsi

run_over:
	addq $8, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret

	/*
	 * VMLAUNCH or VMRESUME failed. ZF: the VMCS has the error number, and
	 * the run's stack pointer in HOST_RSP. CF: no VMCS is current.
	 */
entry_failed:
	jc 1f
	movl $VMCS_HOST_RSP_ENCODING, %eax
	vmread %rax, %rsp
	movq (%rsp), %rdi
	leaq 48(%rsp), %rbp
	call vcpu_entry_failed
	jmp run_over
1:	andq $-16, %rsp
	call vcpu_lost_vmcs

	way 16, 0, 0
	way 16_mitigated, 0, 1
	way 64, 1, 0
	way 64_mitigated, 1, 1

	/* VERW clears buffers only if its operand is in memory. */
	.section .rodata
	.balign 2
verw_selector:
	.word SELECTOR_KERNEL_DATA_VALUE

	.section .note.GNU-stack, "", @progbits
