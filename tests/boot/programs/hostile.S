/*
 * One attempt to do harm, by the number in CX; EDX is its argument. What is
 * counted or read comes back in EAX and EBX. tests/boot/test_hostile.py says
 * how each ends.
 */
	.code16
	.globl _start

#define VECTOR(n) (4 * (n))

	.macro vector number, handler
	movw $\handler, %fs:VECTOR(\number)
	movw %cs, %fs:VECTOR(\number) + 2
	.endm

	/* An instruction that must be a #UD or #GP, of `length` bytes. */
	.macro refused length, text:vararg
	movw $\length, skipped
	\text
	.endm

_start:	pushw $0
	popw %fs
	movw %cx, %si
	addw %si, %si
	xorl %eax, %eax
	xorl %ebx, %ebx
	jmpw *table(%si)

	.balign 2
table:	.word interrupt_storm, garbage_vectors, step_storm, fault_storm
	.word loop_without_if, halt_without_if, triple_fault, vmx
	.word msrs, ports, far_write, task_gate, wrapped_stack, shadows
	.word debug_registers, modified, device_pages, control_bits

/* 0: INT n whose handler is INT n; the stack wraps again and again. */
interrupt_storm:
	vector 0x60, 1f
	movw $0x3000, %ax
	movw %ax, %ss
1:	int $0x60

/* 1: every vector leads to FFFF:FFFF, and then a fault. */
garbage_vectors:
	pushw %fs
	popw %es
	xorw %di, %di
	movw $0x200, %cx
	movw $0xffff, %ax
	cld
	rep stosw
	ud2

/* 2: a trap after each instruction, and a handler that goes on with it. */
step_storm:
	vector 1, 1f
	pushfw
	orw $0x100, (%esp)
	popfw
	jmp .
1:	iretw

/* 3: #UD whose handler is the same #UD. */
fault_storm:
	vector 6, 1f
	movw $0x3000, %ax
	movw %ax, %ss
1:	ud2

/* 4 */
loop_without_if:
	cli
	jmp .

/* 5: the proper end, by the contract of programs. */
halt_without_if:
	cli
	hlt

/* 6 */
triple_fault:
	lidtw empty
	ud2

/* 7: EAX counts the #UDs. */
vmx:	vector 6, skip
	vector 13, skip
	movw $memory, %di
	refused 4, vmxon (%di)
	refused 3, vmxoff
	refused 3, vmlaunch
	refused 3, vmresume
	refused 3, vmptrld (%di)
	refused 3, vmptrst (%di)
	refused 4, vmclear (%di)
	refused 3, .byte 0x0f, 0x78, 0xc3	/* VMREAD EBX, EAX */
	refused 3, .byte 0x0f, 0x79, 0xc3	/* VMWRITE EAX, EBX */
	refused 5, .byte 0x66, 0x0f, 0x38, 0x80, 0x05	/* INVEPT */
	refused 5, .byte 0x66, 0x0f, 0x38, 0x81, 0x05	/* INVVPID */
	refused 3, .byte 0x0f, 0x01, 0xd4	/* VMFUNC */
	movzwl count, %eax
	lretw

/* Handler: counts, and goes on behind the instruction. */
skip:	pushw %bp
	movw %sp, %bp
	pushw %ax
	movw %cs:skipped, %ax
	addw %ax, 2(%bp)
	incw %cs:count
	popw %ax
	popw %bp
	iretw

/* 8: every architectural MSR's number; EAX the reads, EBX the writes let through. */
msrs:	vector 13, skip
	movw $2, skipped
	xorl %ecx, %ecx
	xorl %esi, %esi		/* reads */
	xorl %ebp, %ebp		/* writes */
1:	movw $0, count
	rdmsr
	subw $1, count
	adcw $0, %si
	movw $0, count
	xorl %eax, %eax
	xorl %edx, %edx
	wrmsr
	subw $1, count
	adcw $0, %bp
	incl %ecx
	testw $0x1fff, %cx
	jnz 1b
	xorl $0xc0000000, %ecx
	btrl $13, %ecx
	testl %ecx, %ecx
	js 1b
	movl %esi, %eax
	movl %ebp, %ebx
	lretw

/* 9: IN from, and OUT to, each 16th port; EAX counts what is not all ones. */
ports:	movw $8, %dx
	xorl %ebx, %ebx
1:	inb %dx, %al
	cmpb $0xff, %al
	je 2f
	incw %bx
2:	notb %al
	outb %al, %dx
	addw $16, %dx
	cmpw $8, %dx
	jne 1b
	inw $0x70, %ax
	cmpw $0xffff, %ax
	je 3f
	incw %bx
3:	inl $0x70, %eax
	incl %eax
	jz 4f
	incw %bx
4:	movl %ebx, %eax
	lretw

/* 10: a write to the linear address EDX, with flat segments if they are had. */
far_write:
	call flat
	movl $0xbadc0de, (%edx)
	movl (%edx), %eax
	lretw

/* 11: INT 3 through a task gate. */
task_gate:
	call flat
	lidtl %cs:task_idt_pointer
	movl %cr0, %eax
	orb $1, %al
	movl %eax, %cr0
	ljmpw $8, $1f
1:	int3

/* 12: pushes where SP wraps, by 16 and by 32 bits. */
wrapped_stack:
	vector 12, skip
	movw $3, %sp
	pushl $0x12345678
	pushaw
	pushal
	jmp wrapped_stack

/* 13: what STI and MOV SS hold back, in all orders. */
shadows:
	vector 1, 2f
	movw %ss, %ax
	movw $2, %cx
1:	cli
	sti
	movw %ax, %ss
	int3
	movw %ax, %ss
	sti
	hlt
	pushfw
	popw %di
	orw $0x100, %di
	pushw %di
	popfw
	movw %ax, %ss
	cli
	sti
	movw %ax, %ss
	nop
	loop 1b
	lretw
2:	pushw %bp
	movw %sp, %bp
	andw $~0x100, 6(%bp)
	popw %bp
	iretw

/* 14: EAX is DR0 and EBX DR6 as found; both are left with a value. */
debug_registers:
	movl %dr6, %ebx
	movl %dr0, %ecx
	movl $0xcafe0001, %eax
	movl %eax, %dr0
	movl %eax, %dr1
	movl %eax, %dr2
	movl %eax, %dr3
	movl $0xffff4ff5, %eax
	movl %eax, %dr6
	movl %ecx, %eax
	lretw

/* 15: code that changes what comes next; EAX is 1000. */
modified:
	movw $1000, %cx
1:	incb 2f + 1
	jmp 2f			/* the processor may have it already */
2:	movw $0, %dx
	cmpb %dl, 2b + 1
	jne 3f
	incw %ax
3:	loop 1b
	lretw

/* 16: a word of each 2 MiB above the RAM, up to 4 GiB. */
device_pages:
	call flat
	movl $0x08000000, %edx
1:	movl (%edx), %eax
	addl $0x200000, %edx
	jnz 1b
	lretw

/* 17: EAX is the bits of CR4 that can be changed; reserved ones are among those tried. */
control_bits:
	vector 13, skip
	movw $3, skipped
	xorl %ecx, %ecx
1:	movl %cr4, %esi
	movl %esi, %eax
	btcl %ecx, %eax
	movl %eax, %cr4
	movl %cr4, %eax
	xorl %esi, %eax
	orl %eax, %ebx
	movl %esi, %cr4
	incw %cx
	cmpw $32, %cx
	jne 1b
	movl %ebx, %eax
	lretw

/* Segments of 4 GiB, as protected mode leaves them behind ("big real mode"). */
flat:	cli
	xorl %eax, %eax
	movw %cs, %ax
	shll $4, %eax
	movl %eax, code_base
	orl %eax, code_low
	leal task_idt(%eax), %ecx
	movl %ecx, task_idt_pointer + 2
	addl $gdt, %eax
	movl %eax, gdt_pointer + 2
	lgdtl gdt_pointer
	movl %cr0, %eax
	incw %ax
	movl %eax, %cr0
	movw $0x10, %cx
	movw %cx, %ds
	decw %ax
	movl %eax, %cr0
	ret

	.balign 8
gdt:	.quad 0
	.word 0xffff		/* 08: 16-bit code, based at CS */
code_low:
	.word 0
	.word 0x9a00, 0x0000
	.word 0xffff, 0, 0x9200, 0x008f		/* 10: flat data */
	.word 0x0067, 0x8000, 0x8100, 0x0000	/* 18: a 16-bit TSS */
gdt_pointer:
	.word . - gdt - 1
	.long 0
code_base:
	.long 0

	.balign 8
task_idt:
	.rept 32
	.word 0, 0x18, 0x8500, 0
	.endr
task_idt_pointer:
	.word . - task_idt - 1
	.long 0

empty:	.word 0
	.long 0
skipped:
	.word 0
count:	.word 0
	.balign 8
memory:	.quad 0
	.quad 0
