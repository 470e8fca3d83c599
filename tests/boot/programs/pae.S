/*
 * PAE paging, turned on and changed by instructions that the host acts as: MOV
 * to CR0 with CD, MOV to CR4 with MCE. In AX a bit for each part that went as
 * on a processor: 1 what the tables map is seen; 2 entries of the
 * page-directory-pointer table changed in memory count after MOV to CR4, and
 * not before; 4 an entry with a reserved bit is a #GP, and leaves paging off.
 * Needs engine=real.
 */
#include "arch/x86.h"

#define TABLES 0x2000 /* segment; the linear address is 16 times that */
#define PDPT 0x0000
#define DIRECTORY(n) (0x1000 + 0x1000 * (n))
#define TABLE(n) (0x3000 + 0x1000 * (n))
#define PAGE(n) (0x5000 + 0x1000 * (n))
#define PHYS(offset) ((TABLES << 4) + (offset))
#define WINDOW 0x200000 /* the linear address of PAGE(n) */
#define FLAGS (PAGING_P | PAGING_RW)
#define SELECTOR_FLAT 8
#define VECTOR_GP_OFFSET (4 * VECTOR_GP)

	.code16
	.globl _start

	.macro paging on
	movl %cr0, %eax
	.if \on
	orl $(CR0_PG | CR0_CD | CR0_PE), %eax
	.else
	andl $~(CR0_PG | CR0_CD | CR0_PE), %eax
	.endif
	movl %eax, %cr0
	.endm

	/* One of the two sets of tables: 2 MiB one to one, then the window. */
	.macro tables n
	movl $(PAGING_PS | FLAGS), %fs:DIRECTORY(\n)
	movl $(PHYS(TABLE(\n)) | FLAGS), %fs:(DIRECTORY(\n) + 8)
	movl $(PHYS(PAGE(\n)) | FLAGS), %fs:TABLE(\n)
	movl $(0x1111 * (\n + 1)), %fs:PAGE(\n)
	.endm

_start:
	cli
	xorw %bp, %bp
	movw $TABLES, %ax
	movw %ax, %fs
	movw %ax, %es
	xorw %di, %di
	xorw %ax, %ax
	movw $(PAGE(2) / 2), %cx
	cld
	rep stosw
	tables 0
	tables 1
	movl $(PHYS(DIRECTORY(0)) | PAGING_P), %fs:PDPT
	pushw $0
	popw %gs
	pushl %gs:VECTOR_GP_OFFSET
	movw $on_gp, %gs:VECTOR_GP_OFFSET
	movw %cs, %gs:(VECTOR_GP_OFFSET + 2)

	/* The descriptor's base is known now. */
	xorl %eax, %eax
	movw %cs, %ax
	shll $4, %eax
	addl $gdt, %eax
	movl %eax, gdtr + 2
	lgdtl gdtr
	movl %cr4, %eax
	orl $CR4_PAE, %eax
	movl %eax, %cr4
	movl $PHYS(PDPT), %eax
	movl %eax, %cr3

	paging 1
	movw $SELECTOR_FLAT, %ax
	movw %ax, %es
	movl $WINDOW, %edi
	cmpw $0x1111, %es:(%edi)
	jne 1f
	orw $1, %bp

	/* The processor keeps the entry until it is told to look. */
1:	movl $PHYS(PDPT), %esi
	movl $(PHYS(DIRECTORY(1)) | PAGING_P), %es:(%esi)
	cmpw $0x1111, %es:(%edi)
	jne 2f
	movl %cr4, %eax
	orl $(CR4_MCE | CR4_PGE), %eax
	movl %eax, %cr4
	cmpw $0x2222, %es:(%edi)
	jne 2f
	orw $2, %bp

2:	paging 0
	movl $(PHYS(DIRECTORY(0)) | PAGING_RW | PAGING_P), %fs:PDPT
	movw $3f, resume
	orw $8, %bp		/* gone unless the #GP comes */
	paging 1
	paging 0
	jmp 4f
3:	andw $~8, %bp
	movl %cr0, %eax
	testl $(CR0_PG | CR0_PE), %eax
	jnz 4f
	orw $4, %bp

4:	movl %cr4, %eax
	andl $~(CR4_PAE | CR4_PGE | CR4_MCE), %eax
	movl %eax, %cr4
	popl %gs:VECTOR_GP_OFFSET
	movw %bp, %ax
	lretw

	/* Real mode: FLAGS, CS and IP. */
on_gp:
	pushw %bp
	movw %sp, %bp
	pushw resume
	popw 2(%bp)
	popw %bp
	iretw

resume:	.word 0
gdtr:	.word gdt_end - gdt - 1
	.long 0
	.balign 8
gdt:	.quad 0, 0x00cf93000000ffff
gdt_end:
