/*
 * The way in of an application processor. The trampoline is copied to a page
 * below 1 MiB, where a SIPI starts it in real mode at offset 0; all APs may run
 * it at once, so it writes nothing that differs between them. It goes through
 * protected mode to long mode on the boot page tables, and on to
 *
 *	void smp_ap_main(struct cpu *cpu)
 *
 * on the core's own stack, interrupts off. A core that finds no slot with its
 * APIC ID, or one given up already, halts for good.
 */
#include "arch/msr.h"
#include "arch/x86.h"
#include "asm_offsets.h"

#define KERNEL_OFFSET 0xffffffff80000000
#define DIRECT_MAP_BASE 0xffff800000000000
#define LAPIC_ID_OFFSET 0x20
#define TRAMPOLINE_CODE_32 0x08
#define TRAMPOLINE_DATA 0x10
#define TRAMPOLINE_CODE_64 0x18
#define AT(label) (label - trampoline)

	.section .trampoline, "a"
	.code16
trampoline:
	cli
	cld
	movw %cs, %ax
	movw %ax, %ds
	xorl %ebx, %ebx
	movw %ax, %bx
	shll $4, %ebx			/* EBX: where this page is */

	/* Each core writes the same values, so several may do it at once. */
	leal AT(gdt)(%ebx), %eax
	movl %eax, AT(gdt_base)
	leal AT(protected_mode)(%ebx), %eax
	movl %eax, AT(protected_mode_target)
	leal AT(long_mode)(%ebx), %eax
	movl %eax, AT(long_mode_target)

	lgdtl AT(gdt_pointer)
	movl %cr0, %eax
	orl $CR0_PE, %eax
	movl %eax, %cr0
	ljmpl *AT(protected_mode_target)

	.code32
protected_mode:
	movw $TRAMPOLINE_DATA, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	/*
	 * INIT has cleared CR4; writing it all makes sure that nothing else is
	 * on.
	 */
	movl $CR4_PAE, %eax
	movl %eax, %cr4
	movl $(boot_pml4 - KERNEL_OFFSET), %eax
	movl %eax, %cr3
	movl $MSR_IA32_EFER, %ecx
	movl boot_efer - KERNEL_OFFSET, %eax
	xorl %edx, %edx
	wrmsr
	movl $CR0_OF_KERNEL, %eax	/* INIT keeps CD and NW: off, too */
	movl %eax, %cr0
	ljmpl *AT(long_mode_target)(%ebx)

	.code64
long_mode:
	movabsq $smp_ap_entry, %rax
	jmp *%rax

	.balign 8
gdt:
	.quad 0
	.quad 0x00cf9b000000ffff	/* 08h: 32-bit code */
	.quad 0x00cf93000000ffff	/* 10h: data */
	.quad 0x00af9b000000ffff	/* 18h: 64-bit code */
gdt_pointer:
	.short gdt_pointer - gdt - 1
gdt_base:
	.long 0
protected_mode_target:
	.long 0
	.short TRAMPOLINE_CODE_32
long_mode_target:
	.long 0
	.short TRAMPOLINE_CODE_64

	.text
	.code64
	.globl smp_ap_entry
smp_ap_entry:
	/* The kernel's own tables, which also map the registers of the APIC. */
	movq smp_boot_cr3(%rip), %rax
	movq %rax, %cr3
	/*
	 * EDI: this core's APIC ID, from the APIC's register: the SIPI came by
	 * that ID, which firmware may have changed. CPUID has the ID of the
	 * reset.
	 */
	movl $MSR_IA32_APIC_BASE, %ecx
	rdmsr
	testl $APIC_BASE_EXTD, %eax
	jnz 1f
	testl %edx, %edx		/* above 4 GiB nothing is mapped */
	jnz 5f
	andl $0xfffff000, %eax
	movabsq $DIRECT_MAP_BASE, %rdx
	movl LAPIC_ID_OFFSET(%rax, %rdx), %edi
	shrl $24, %edi
	jmp 2f
1:	movl $MSR_IA32_X2APIC_APICID, %ecx
	rdmsr
	movl %eax, %edi

2:	leaq smp_boot_slots(%rip), %rsi
	movl smp_boot_slot_count(%rip), %ecx
3:	jrcxz 5f
	cmpl %edi, SMP_SLOT_APIC_ID(%rsi)
	je 4f
	addq $SMP_SLOT_BYTES, %rsi
	decl %ecx
	jmp 3b

4:	movl $SMP_SLOT_STATE_WAITING, %eax
	movl $SMP_SLOT_STATE_CLAIMED, %edx
	lock cmpxchgl %edx, SMP_SLOT_STATE(%rsi)
	jne 5f
	movq SMP_SLOT_STACK_TOP(%rsi), %rsp
	movq SMP_SLOT_CPU(%rsi), %rdi
	xorl %ebp, %ebp
	call smp_ap_main
	ud2

5:	cli
	hlt
	jmp 5b

	.section .note.GNU-stack, "", @progbits
