/* The trap flag of the host, for proof/bench/vmx_count.c. */

	.set RFLAGS_TF, 0x100

	.text
	/* void vmx_count_step_on(void): the caller is stepped from its next
	   instruction on. */
	.globl vmx_count_step_on
vmx_count_step_on:
	pushfq
	orl $RFLAGS_TF, (%rsp)
	popfq
	ret

	/* void vmx_count_step_off(void) */
	.globl vmx_count_step_off
vmx_count_step_off:
	pushfq
	andl $~RFLAGS_TF, (%rsp)
	popfq
	ret

	/*
	 * Where exits lead instead of the way's own: as the processor leaves
	 * all registers, it goes on there, stepped.
	 */
	.globl vmx_count_exit
vmx_count_exit:
	pushfq
	orl $RFLAGS_TF, (%rsp)
	popfq
	jmp *vmx_count_way_on(%rip)

	.bss
	.balign 8
	.globl vmx_count_way_on
vmx_count_way_on:
	.quad 0

	.section .note.GNU-stack, "", @progbits
