/* The 16-bit program of proof/soak_snippet.h; it runs inside a guest alone. */

	.set IVT_TICK, 4 * 0x1c
	.set BDA_TICKS, 0x46c
	.set PIT_CHANNEL_0, 0x40
	.set PIT_COMMAND, 0x43
	.set PIT_CHANNEL_0_PERIODIC, 0x34

	.section .rodata
	.code16
soak:
	cli
	xorw %ax, %ax
	movw %ax, %ds
	movw $(hook - soak), IVT_TICK
	movw %cs, IVT_TICK + 2
	movb $PIT_CHANNEL_0_PERIODIC, %al
	outb %al, $PIT_COMMAND
	movb %bl, %al
	outb %al, $PIT_CHANNEL_0
	movb %bh, %al
	outb %al, $PIT_CHANNEL_0
	movb %dl, %bl
	movl BDA_TICKS, %esi
	movl %cs:(count - soak), %ebp
	rdtsc
	movl %eax, %edi
	/* Open for two instructions, then closed: both ways of delivery. */
1:	sti
	cmpb $1, %bl
	jne 2f
	hlt
2:	cli
	movl %cs:(count - soak), %eax
	subl %ebp, %eax
	cmpl %ecx, %eax
	jb 1b
	movl %eax, %ecx
	rdtsc
	subl %edi, %eax
	movl %eax, %edi
	movl BDA_TICKS, %edx
	subl %esi, %edx
	movl %cs:(count - soak), %eax
	lretw

hook:
	incl %cs:(count - soak)
	iretw

	.balign 4
count:	.long 0
soak_end:

	.balign 8
	.globl soak_snippet
soak_snippet:
	.quad soak
	.quad soak_end - soak

	.section .note.GNU-stack, "", @progbits
