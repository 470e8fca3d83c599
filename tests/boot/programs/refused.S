/*
 * Is refused IA32_EFER, passes over it by a handler of its own, and comes to
 * its end much later: a triple fault, by an IDT without any vector.
 */
#define MSR_IA32_EFER 0xc0000080
#define IVT_GP (4 * 13)

	.code16
	.globl _start
_start:
	xorw %ax, %ax
	movw %ax, %es
	movw $handler, %es:IVT_GP
	movw %cs, %es:IVT_GP + 2
	movl $MSR_IA32_EFER, %ecx
	rdmsr
	movw $1000, %cx
1:	loop 1b
	lidtl none
	ud2

handler:				/* goes on behind the RDMSR */
	pushw %bp
	movw %sp, %bp
	addw $2, 2(%bp)
	popw %bp
	iretw

none:	.short 0
	.long 0
