/*
 * One attempt to do harm from 64-bit code, by the number in RDI; RSI is its
 * argument. What is counted or read comes back in RAX, RBX and RCX.
 * tests/boot/test_hostile64.py says how each ends. RAM is all of 1000h-FFFFFh;
 * what is not in the image is zero.
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

/* 0: a write to the address RSI; RAX is what it reads then. */
far_write:
	call map_wide
	movl $0xbadc0de, (%rsi)
	movl (%rsi), %eax
	hlt

/* 1: paging structures that should not be. RAX counts faults; RBX and RCX
 * are sums of their vectors and error codes. */
page_tables:
	xorl %ecx, %ecx
	xorl %r8d, %r8d
	.macro touch length, text:vararg
	movl $0, error_code
	movl $0, last_vector
	refused \length, \text
	addl last_vector, %ebx
	addl error_code, %r8d
	.endm
	/* The PML4 as a page of itself. */
	movq $PML4 | TABLE, %rax
	movq %rax, PML4 + 511 * 8
	call flush
	movq $0xfffffffffffff000, %rdx
	touch 3, movq (%rdx), %rax
	cmpq PML4, %rax
	jne failed
	/* Through it, its own entry is changed to reserved bits. */
	movq $0x000f000000001007, %rax
	movq %rax, 511 * 8(%rdx)
	call flush
	touch 3, movq (%rdx), %rax
	/* PS in a PML4 entry; entries of all ones. */
	movq $PML4 | LARGE, %rax
	movq %rax, PML4 + 8
	movq $-1, %rax
	movq %rax, PML4 + 16
	call flush
	movq $0x8000000000, %rdx
	touch 3, movq (%rdx), %rax
	addq %rdx, %rdx
	touch 3, movq (%rdx), %rax
	/* No such address. */
	movq $0x800000000000, %rdx
	touch 3, movq (%rdx), %rax
	touch 4, movq %rax, -1(%rdx)
	/* Every entry is random, as far as it leads to RAM or nowhere. */
	movq $88172645463325252, %rax
	movl $SCRATCH, %edx
1:	call random
	movq $0x80000000000fffff, %rdi
	andq %rax, %rdi
	movq %rdi, (%rdx)
	addl $8, %edx
	cmpl $SCRATCH + 0x1000, %edx
	jne 1b
	movl $SCRATCH | TABLE, PML4 + 3 * 8
	movl $0, PML4 + 3 * 8 + 4
	movl $SCRATCH | TABLE, SCRATCH + 8
	movl $0, SCRATCH + 12
	call flush
	movl $200, %esi
2:	movl %esi, %edx
	movq $0x240049000, %rax
	imulq %rax, %rdx
	shlq $20, %rdx
	shrq $25, %rdx
	btsq $39, %rdx
	btsq $40, %rdx
	invlpg (%rdx)
	touch 2, testl %eax, (%rdx)
	decl %esi
	jnz 2b
	movl count, %eax
	movl %r8d, %ecx
	hlt
failed:	ud2
random:	movq %rax, %rdi
	shlq $13, %rdi
	xorq %rdi, %rax
	movq %rax, %rdi
	shrq $7, %rdi
	xorq %rdi, %rax
	movq %rax, %rdi
	shlq $17, %rdi
	xorq %rdi, %rax
	ret

/* 2: a paging structure at RSI; or, if bit 0 is set, all of them there. */
table_outside:
	leaq TABLE(%rsi), %rax
	movq %rax, PML4 + 8
	testl $1, %esi
	jnz 1f
	call flush
	movq $0x8000000000, %rdx
	movb (%rdx), %al
	hlt
1:	decq %rsi
	movq %rsi, %cr3
	hlt

/* 3: bits of CR0, CR4 and EFER that can be changed: RAX, RBX, RCX. */
	.macro try_bits get, set, result
	xorl %esi, %esi
1:	\get
	movq %rax, %rdi
	btcq %rsi, %rax
	movq %rax, %rdx
	\set
	\get
	xorq %rdi, %rax
	orq %rax, \result
	movq %rdi, %rax
	\set
	incl %esi
	cmpl $64, %esi
	jne 1b
	.endm
control_registers:
	movl $3, skipped
	xorl %r8d, %r8d
	xorl %r9d, %r9d
	xorl %r10d, %r10d
	try_bits "movq %cr0, %rax", "movq %rax, %cr0", %r8
	try_bits "movq %cr4, %rax", "movq %rax, %cr4", %r9
	movl $2, skipped
	xorl %esi, %esi
1:	movl $0xc0000080, %ecx
	rdmsr
	shlq $32, %rdx
	orq %rdx, %rax
	movq %rax, %rdi
	btcq %rsi, %rax
	movq %rax, %rdx
	shrq $32, %rdx
	wrmsr
	rdmsr
	shlq $32, %rdx
	orq %rdx, %rax
	xorq %rdi, %rax
	orq %rax, %r10
	incl %esi
	cmpl $64, %esi
	jne 1b
	movq %r8, %rax
	movq %r9, %rbx
	movq %r10, %rcx
	hlt

/* 4: every architectural MSR's number; RAX the reads, RBX the writes let through. */
msrs:	movl $2, skipped
	xorl %ecx, %ecx
	xorl %r8d, %r8d
	xorl %r9d, %r9d
1:	movl $0, count
	rdmsr
	cmpl $1, count
	adcl $0, %r8d
	movl $0, count
	xorl %eax, %eax
	xorl %edx, %edx
	wrmsr
	cmpl $1, count
	adcl $0, %r9d
	incl %ecx
	testl $0x1fff, %ecx
	jnz 1b
	xorl $0xc0000000, %ecx
	btrl $13, %ecx
	testl %ecx, %ecx
	js 1b
	movl %r8d, %eax
	movl %r9d, %ebx
	hlt

/* 5: the ports that reset, power off, start SMM or program interrupts. */
ports:	movl $port_list, %esi
1:	movzwl (%rsi), %edx
	testl %edx, %edx
	jz 2f
	movl $0xfffffffe, %eax
	outb %al, %dx
	outl %eax, %dx
	inl %dx, %eax
	notl %eax
	orl %eax, %ebx
	addl $2, %esi
	jmp 1b
2:	movl %ebx, %eax
	hlt
port_list:
	.word 0x20, 0x21, 0x43, 0x64, 0x70, 0x92, 0xa1, 0xb2, 0xcf8, 0xcf9
	.word 0xb004, 0x8900, 0

/* 6: RAX counts the #UDs and #GPs. */
privileged:
	movl $SCRATCH, %edi
	xorl %eax, %eax
	xorl %ecx, %ecx
	refused 4, vmxon (%rdi)
	refused 3, vmxoff
	refused 3, vmlaunch
	refused 3, vmresume
	refused 3, vmptrld (%rdi)
	refused 3, vmptrst (%rdi)
	refused 4, vmclear (%rdi)
	refused 3, vmread %rax, %rbx
	refused 3, vmwrite %rax, %rbx
	refused 5, invept (%rdi), %rax
	refused 5, invvpid (%rdi), %rax
	refused 3, vmfunc
	refused 3, vmcall
	refused 2, getsec
	refused 2, rsm
	refused 3, xsetbv
	refused 3, monitor
	refused 3, mwait
	refused 2, rdpmc
	refused 3, rdtscp
	refused 5, invpcid (%rdi), %rax
	refused 2, syscall
	movl $0, skipped
	invd
	wbinvd
	swapgs
	swapgs
	movl count, %eax
	hlt

/* 7: the IDT is at RSI. */
bad_idt:
	call map_wide
	movq %rsi, idt_pointer + 2
	lidt idt_pointer
	ud2

/* 8: gates of a kind that 64-bit mode has not. */
task_gate:
	movl $IDT, %edx
1:	movb $0xe5, 5(%rdx)
	addl $16, %edx
	cmpl $IDT + 512, %edx
	jne 1b
	int3

/* 9 */
triple_fault:
	lidt empty
	ud2

/* 10: a trap after each instruction, and a handler that goes on with it. */
step_storm:
	movl $1, %ecx
	movl $go_on, %eax
	call set_gate
	pushfq
	orl $TF, (%rsp)
	popfq
	jmp .
go_on:	iretq

/* 11: #AC at privilege level 3, whose handler there has an #AC at once. */
alignment_storm:
	movq %cr0, %rax
	orl $AC, %eax		/* CR0.AM is the same bit */
	movq %rax, %cr0
	movl $17, %ecx
	movl $2f, %eax
	call set_gate
	movw $USER_CODE, IDT + 17 * 16 + 2
	pushq $USER_DATA
	pushq $IST_TOP
	pushq $AC | 2
	pushq $USER_CODE
	pushq $1f
	iretq
1:	movl SCRATCH + 1, %eax
	ud2
2:	incl %ebx
	movl $IST_TOP, %esp
	movl SCRATCH + 1, %eax
	ud2

/* 12: INT1 whose handler is INT1. */
icebp_storm:
	movl $1, %ecx
	movl $1f, %eax
	call set_gate
1:	movl $STACK_TOP, %esp
	.byte 0xf1

/* 13: a page fault whose handler is not mapped, on a stack of its own. */
fault_storm:
	movl $14, %ecx
	movl $0x40000000, %eax
	call set_gate
	movb $1, IDT + 14 * 16 + 4
	movl $0, 0x40000000

/* 14: INT n, #UD and #GP, each of which is the handler of the next. */
interrupt_storm:
	movl $6, %ecx
	movl $1f, %eax
	call set_gate
	movl $13, %ecx
	movl $2f, %eax
	call set_gate
	movl $3, %ecx
	movl $3f, %eax
	call set_gate
3:	movl $STACK_TOP, %esp
	ud2
1:	movq $0x800000000000, %rax
	movb (%rax), %al
2:	int3

/* 15 */
loop_without_if:
	cli
	jmp .

/* 16: what STI and MOV SS hold back, in all orders, with and without TF. */
shadows:
	movl $1, %ecx
	movl $go_on, %eax
	call set_gate
	movl $3, %ecx
	movl $go_on, %eax
	call set_gate
	movl $0, skipped
	movl $2, %esi
	movl $DATA, %edi
1:	cli
	sti
	movl %edi, %ss
	int3
	movl %edi, %ss
	sti
	cpuid
	movl %edi, %ss
	cpuid
	movl %edi, %ss
	.byte 0xf1
	movl %edi, %ss
	movb 0x90(%rsp), %al
	sti
	movl SCRATCH, %eax
	sti
	cpuid
	sti
	int3
	pushfq
	orl $TF, (%rsp)
	popfq
	decl %esi
	jnz 1b
	movl %edi, %ss
	movl $1, %eax
	movl %edi, %ss
	hlt

/* 17: IRETQ and RETFQ of frames that are none; RAX counts what faults. */
	.macro return_to rip, cs, flags, rsp, ss
	movq $\rip, %rax
	movq $\rsp, %rdx
	movl $9f, resume_at
	pushq $\ss
	pushq %rdx
	pushq $\flags
	pushq $\cs
	pushq %rax
	iretq
9:	movl $STACK_TOP, %esp
	.endm
returns:
	movl $resume, %eax
	xorl %ecx, %ecx
1:	pushq %rax
	call set_gate
	popq %rax
	incl %ecx
	cmpl $32, %ecx
	jne 1b
	return_to 0x800000000000, CODE, 2, STACK_TOP, DATA
	return_to _start, DATA, 2, STACK_TOP, DATA
	return_to _start, 0, 2, STACK_TOP, DATA
	return_to _start, CODE | 1, 2, STACK_TOP, DATA
	return_to _start, TASK, 2, STACK_TOP, DATA
	return_to _start, 0xfff8, 2, STACK_TOP, DATA
	return_to _start, USER_CODE, 2, STACK_TOP, DATA
	return_to _start, USER_CODE, 2, STACK_TOP, 0
	return_to 0x40000000, USER_CODE, 0x3002, STACK_TOP, USER_DATA
	/* NT; then user code that halts, with TF, AC, RF and VM in its flags. */
	pushfq
	orl $0x4000, (%rsp)
	popfq
	return_to _start, CODE, 2, STACK_TOP, DATA
	pushfq
	andl $~0x4000, (%rsp)
	popfq
	return_to halts, USER_CODE, 0x75102, STACK_TOP, USER_DATA
	movl count, %eax
	hlt
halts:	hlt
resume:	incl count
	movl resume_at, %eax
	movl $DATA, %edx
	movl %edx, %ss
	movl $STACK_TOP, %esp
	jmp *%rax

/* 18: SYSENTER, SYSRET and SYSEXIT; RAX counts what faults. */
fast_calls:
	xorl %ecx, %ecx
	xorl %edx, %edx
	refused 2, sysenter
	refused 2, sysexitl
	refused 3, sysexitq
	refused 2, sysretl
	refused 3, sysretq
	refused 2, syscall
	movl $2, skipped
	movl $0x174, %ecx
1:	movl $CODE, %eax
	wrmsr
	incl %ecx
	cmpl $0x177, %ecx
	jne 1b
	movl count, %eax
	hlt

/* 19: far jumps and segment loads of what is no code; RAX counts the faults. */
far_jumps:
	movl $far_pointers, %esi
1:	movl $2, skipped
	ljmpl *(%rsi)
	lcalll *(%rsi)
	movzwl 4(%rsi), %eax
	movl %eax, %ss
	movl %eax, %fs
	movl $3, skipped
	lldt %ax
	ltr %ax
	addl $8, %esi
	cmpl $far_pointers_end, %esi
	jne 1b
	movl count, %eax
	hlt
	.balign 8
far_pointers:
	.long _start, 0x18 | 0x20 << 16
	.long _start, 0x4c
	.long _start, 0xfff0
	.long _start, TASK
	.long _start, TASK + 8
far_pointers_end:

/* 20: 32-bit code whose CPUID ends where 32 bits do; RAX is 1 behind it. */
wrapped_code:
	call map_wide
	/* The last page and the first are the one at SCRATCH. */
	xorl %ecx, %ecx
	movl $TABLE, %eax
1:	movq %rax, SCRATCH + 0x3000(,%rcx,8)
	addl $0x1000, %eax
	incl %ecx
	cmpl $512, %ecx
	jne 1b
	movl $SCRATCH | TABLE, SCRATCH + 0x3000
	movl $SCRATCH | TABLE, SCRATCH + 0x2000 + 511 * 8
	movl $0, SCRATCH + 0x2000 + 511 * 8 + 4
	movl $SCRATCH + 0x2000 + TABLE, WIDE + 2047 * 8
	movl $SCRATCH + 0x3000 + TABLE, WIDE
	call flush
	movw $0xa20f, SCRATCH + 0xffe	/* CPUID */
	movb $0xea, SCRATCH		/* JMP FAR */
	movl $2f, SCRATCH + 1
	movw $CODE, SCRATCH + 5
	xorl %eax, %eax
	ljmpl *1f
1:	.long 0xfffffffe, CODE32
2:	movl $1, %eax
	hlt

/* 21: LGDT and LIDT of what is none; RAX counts the faults. */
descriptors:
	movl $8, skipped
	movq $0x800000000000, %rax
	movq %rax, odd_pointer + 2
	lgdt odd_pointer
	lidt odd_pointer
	movq $-1, %rax
	movq %rax, odd_pointer + 2
	movw $0, odd_pointer
	sgdt SCRATCH
	lgdt odd_pointer
	lgdt SCRATCH
	/* A descriptor beyond the limit; then the TSS's as it is, busy. */
	movl $3, skipped
	movl $0x1000, %eax
	ltr %ax
	movl $TASK, %eax
	ltr %ax
	/* A TSS and a local table where there is no RAM, at no address at all. */
	movl $0x00008900, gdt_task + 4
	movl $0x00008000, gdt_task + 8
	ltr %ax
	movl $0x00008200, gdt_task + 4
	lldt %ax
	movl count, %eax
	hlt

/* 22: RSI 0 reads a debug register, 1 sets a breakpoint. */
debug_registers:
	testl %esi, %esi
	jnz 1f
	movq %dr7, %rax
1:	movl $0x402, %eax
	movq %rax, %dr7
	hlt

/* 23: code that changes what comes next; RAX is 1000. */
modified:
	movl $1000, %ecx
1:	incb 2f + 1
	jmp 2f			/* the processor may have it already */
2:	movl $0, %edx
	cmpb %dl, 2b + 1
	jne 3f
	incl %eax
3:	loop 1b
	hlt

/* 24: values wherever the next program might find them. */
leave:	movq $-1, %rax
	movl $0xc0000102, %ecx
	movl $0x7fff, %edx
	wrmsr
	movl $0xc0000100, %ecx
	wrmsr
	movq %rax, %xmm0
	movq %rax, %xmm15
	movq %rax, %mm0
	movl $7, %eax
	movq %rax, %cr8
	movl $2, skipped
	movl $0x40000000, %edx
	movb (%rdx), %al	/* CR2 */
	movq $-1, %rax
	movq %rax, 0xff000
	movq %rax, %r15
	movq %rax, %rbp
	hlt

/* 25: what it finds of it; RAX ought to be 0. */
look:	movq %r15, %rbx
	movl $0xc0000102, %ecx
	rdmsr
	orq %rax, %rbx
	orq %rdx, %rbx
	movl $0xc0000100, %ecx
	rdmsr
	orq %rax, %rbx
	orq %rdx, %rbx
	movq %xmm0, %rax
	orq %rax, %rbx
	movq %xmm15, %rax
	orq %rax, %rbx
	movq %mm0, %rax
	orq %rax, %rbx
	movq %cr8, %rax
	orq %rax, %rbx
	movq %cr2, %rax
	orq %rax, %rbx
	orq 0xff000, %rbx
	movq %rbx, %rax
	hlt

/* 26: what is not acted out where there is no RAM, by RSI. */
other_memory:
	movl $0x100000, %edx
	jmpq *1f(,%rsi,8)
1:	.quad 2f, 3f, 4f, 5f
2:	leaq 8(%rdx), %rsp
	pushq %rax
3:	jmpq *%rdx
4:	pushq (%rdx)
5:	movl $1, %ecx
	movl $0x80, %edx
	movl $SCRATCH, %edi
	rep insb

/* 27: memory-mapped I/O by 32-bit code. */
compatibility:
	ljmpl *1f
1:	.long 2f, CODE32
2:	.code32
	movl %eax, 0x100000
	.code64

/* 28: CPUID where the lower half of the address space ends; what follows is no
 * address, which is a #GP: RAX is 13. */
edge:
	movq $SCRATCH + 0x1000 + TABLE, %rax
	movq %rax, PML4 + 255 * 8
	addl $0x1000, %eax
	movq %rax, SCRATCH + 0x1000 + 511 * 8
	addl $0x1000, %eax
	movq %rax, SCRATCH + 0x2000 + 511 * 8
	movl $SCRATCH | TABLE, %eax
	movq %rax, SCRATCH + 0x3000 + 511 * 8
	call flush
	movw $0xa20f, SCRATCH + 0xffe
	movl $13, %ecx
	movl $1f, %eax
	call set_gate
	xorl %eax, %eax
	movq $0x7ffffffffffe, %rdx
	jmpq *%rdx
1:	movl $13, %eax
	hlt

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
