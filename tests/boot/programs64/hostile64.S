/*
 * One attempt to do harm from 64-bit code, by the number in RDI; RSI is its
 * argument. What is counted or read comes back in RAX, RBX and RCX.
 * tests/boot/test_hostile64.py says how each ends; the two .inc files hold
 * them. RAM is all of 1000h-FFFFFh; what is not in the image is zero.
 */
#define STACK_TOP 0x10000
#define PML4 0x1000
#define PDPT 0x2000
#define DIRECTORY 0x3000
#define WIDE 0x80000	/* tables that map 4 GiB: four directories and a PDPT */
#define IDT 0x90000
#define SCRATCH 0xa0000 /* tables, stacks and odd addresses of the attempts */
#define IST_TOP 0xb0000
#define TABLE 7		/* present, writable, user */
#define LARGE 0x87
#define CODE 0x08
#define DATA 0x10
#define USER_CODE 0x1b
#define USER_DATA 0x23
#define TASK 0x28
#define CODE32 0x38
#define TF 0x100
#define AC 0x40000

	.code64
	.section .text.start, "ax"
	.globl _start

	/* An instruction that must fault, of `length` bytes. */
	.macro refused length, text:vararg
	movl $\length, skipped
	\text
	.endm

_start:	movl $STACK_TOP, %esp
	call load_tables
	xorl %eax, %eax
	xorl %ebx, %ebx
	jmpq *table(,%rdi,8)

	.balign 8
table:	.quad far_write, page_tables, table_outside, control_registers
	.quad msrs, ports, privileged, bad_idt, task_gate, triple_fault
	.quad step_storm, alignment_storm, icebp_storm, fault_storm
	.quad interrupt_storm, loop_without_if, shadows, returns, fast_calls
	.quad far_jumps, wrapped_code, descriptors, debug_registers, modified
	.quad leave, look, other_memory, compatibility, edge

/* A GDT, a TSS and an IDT whose gates all lead to skip. */
load_tables:
	lgdt gdt_pointer
	movl $TASK, %eax
	ltr %ax
	xorl %ecx, %ecx
	movl $stubs, %edx
1:	movl %edx, %eax
	call set_gate
	addl $8, %edx
	incl %ecx
	cmpl $32, %ecx
	jne 1b
	lidt idt_pointer
	ret

/* Gate ECX of privilege level 3 leads to RAX, below 4 GiB. */
set_gate:
	movl %ecx, %ebp
	shll $4, %ebp
	movw %ax, IDT(%rbp)
	movl $CODE | 0xee000000, IDT + 2(%rbp)
	movw $0xee00, IDT + 4(%rbp)
	shrl $16, %eax
	movw %ax, IDT + 6(%rbp)
	ret

	.balign 8
stubs:	.set vector, 0
	.rept 32
	.balign 8
	pushq $vector
	jmp skip
	.set vector, vector + 1
	.endr

/* Counts, notes the vector, and goes on behind the instruction. */
skip:	pushq %rax
	movq 8(%rsp), %rax
	incl count
	movl %eax, last_vector
	btl %eax, with_error_code
	popq %rax
	leaq 8(%rsp), %rsp
	jnc 1f
	popq error_code
1:	pushq %rax
	movl skipped, %eax
	addq %rax, 8(%rsp)
	popq %rax
	iretq

/* 4 GiB one to one, by 2 MiB pages. */
map_wide:
	xorl %ecx, %ecx
	movl $LARGE, %eax
1:	movq %rax, WIDE(,%rcx,8)
	addq $0x200000, %rax
	incl %ecx
	cmpl $2048, %ecx
	jne 1b
	movl $WIDE | TABLE, %eax
	movl $PDPT, %ecx
2:	movq %rax, (%rcx)
	addl $0x1000, %eax
	addl $8, %ecx
	cmpl $PDPT + 4 * 8, %ecx
	jne 2b
flush:	movq %cr3, %rax
	movq %rax, %cr3
	ret

#include "hostile64_memory.inc"
#include "hostile64_system.inc"

	.balign 8
gdt:	.quad 0
	.quad 0x00af9b000000ffff	/* 08: 64-bit code */
	.quad 0x00cf93000000ffff	/* 10: data */
	.quad 0x00affb000000ffff	/* 18: the same of privilege level 3 */
	.quad 0x00cff3000000ffff	/* 20 */
gdt_task:
	.word 103, tss - _start		/* 28: TSS, at 1xxxxh */
	.long 0x00008901
	.quad 0
	.quad 0x00cf9b000000ffff	/* 38: 32-bit code */
gdt_pointer:
	.word . - gdt - 1
	.quad gdt
idt_pointer:
	.word 511
	.quad IDT
odd_pointer:
	.word 0xffff
	.quad 0
empty:	.word 0
	.quad 0

	.balign 8
tss:	.long 0
	.quad STACK_TOP			/* RSP0 */
	.fill 6 * 4
	.quad IST_TOP
	.fill 60

	.balign 8
with_error_code:
	.quad 0x00227d00		/* 8, 10-14, 17, 21 */
error_code:
	.quad 0
skipped:
	.long 0
count:	.long 0
last_vector:
	.long 0
resume_at:
	.long 0

	.section .note.GNU-stack, "", @progbits
