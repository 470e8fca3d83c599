/*
 * A boot sector, and what it loads, that executes instructions in the real mode
 * of the bare machine: what they do is what guest/insn/v86_emulate.c must do
 * too. steps.c makes the cases and says what is where.
 *
 * A case ends by whatever interrupt it runs into, INT3 at the latest. Each
 * vector has a handler of its own: no register is needed to tell them apart.
 * Results go to port E9h, behind MARKER.
 */
	.code16
	.set CODE_SECTORS, 15
	.set CHUNK_SECTORS, 64
	.set CHUNKS, 12			/* 10000h-6FFFFh */
	.set CASES_SEGMENT, 0x1000
	.set CASES_END, 0x7000
	.set CASE_PARAGRAPHS, 12
	.set CASE_LENGTH, 64		/* offsets in a case */
	.set CASE_CODE, 65
	.set CASE_PATCHES, 128
	.set PATCHES, 8
	.set REGS_BYTES, 64
	.set STACK, 0x7c00
	.set RESULT_PORT, 0xe9
	.set IVT_COPY, 0x8200		/* segments: ours, and the BIOS's */
	.set BIOS_IVT, 0x8300

	.globl start
start:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %ss
	movw	$STACK, %sp
	ljmp	$0, $1f
1:	movb	%dl, drive
	call	read
	addl	$CODE_SECTORS, packet_lba
	movw	$CHUNK_SECTORS, packet_count
	movw	$0, packet_offset
	call	read_batch
	jmp	prepare

read_batch:
	movw	$CASES_SEGMENT, packet_segment
	movw	$CHUNKS, %cx
1:	pushw	%cx
	call	read
	addw	$CHUNK_SECTORS * 32, packet_segment
	addl	$CHUNK_SECTORS, packet_lba
	popw	%cx
	loop	1b
	movw	$CASES_SEGMENT, case_segment
	ret

read:
	movw	$packet, %si
	movb	drive, %dl
	movb	$0x42, %ah
	int	$0x13
	cli
	jc	.
	ret

drive:	.byte	0
	.balign	4
packet:	.byte	16, 0
packet_count:
	.word	CODE_SECTORS
packet_offset:
	.word	0x7e00
packet_segment:
	.word	0
packet_lba:
	.long	1, 0

	.org	510
	.word	0xaa55

prepare:
	movb	$0xff, %al
	outb	%al, $0x21
	outb	%al, $0xa1

	xorw	%ax, %ax
	movw	$BIOS_IVT, %dx
	call	copy_ivt

	/* The IVT, first in its copy, and at 80400h a jump for each entry. */
	xorw	%bx, %bx
1:	movw	$IVT_COPY, %ax
	movw	%ax, %es
	movw	%bx, %di
	shlw	$2, %di
	movw	%bx, %ax
	addw	$0x400, %ax
	stosw
	movw	%bx, %ax
	addw	$0x8000, %ax
	stosw
	movw	$0x8040, %ax
	movw	%ax, %es
	movw	%bx, %di
	shlw	$4, %di
	addw	%bx, %di
	movb	$0xea, %al
	stosb
	movw	%bx, %ax
	shlw	$3, %ax
	addw	%bx, %ax
	addw	$entries, %ax
	stosw
	xorw	%ax, %ax
	stosw
	incw	%bx
	cmpw	$256, %bx
	jb	1b
	movw	$IVT_COPY, %ax
	xorw	%dx, %dx
	call	copy_ivt

	/* INT3 wherever code may go: 84000h-97FFFh. */
	movw	$0x8400, %dx
1:	movw	%dx, %es
	xorw	%di, %di
	movw	$0x1000, %cx
	movb	$0xcc, %al
	rep stosb
	addw	$0x100, %dx
	cmpw	$0x9800, %dx
	jb	1b

	/* Data: 70000h-803FFh. */
	xorl	%eax, %eax
	movw	$0x7000, %dx
2:	movw	%dx, %es
	xorw	%di, %di
	movw	$0x100, %cx
3:	stosl
	addl	$0x9e3779b1, %eax
	loop	3b
	addw	$0x40, %dx
	cmpw	$0x8040, %dx
	jb	2b

	movw	$marker, %si
	movw	$marker_end - marker, %cx
	movw	$RESULT_PORT, %dx
	rep outsb

next_case:
	cmpw	$CASES_END, case_segment
	jb	1f
	movw	$BIOS_IVT, %ax
	xorw	%dx, %dx
	call	copy_ivt
	call	read_batch
	movw	$IVT_COPY, %ax
	xorw	%dx, %dx
	call	copy_ivt
1:	xorw	%ax, %ax
	movw	%ax, %es
	movw	case_segment, %fs
	cmpb	$0, %fs:CASE_LENGTH
	je	finish

	movw	$regs, %di
	xorw	%si, %si
	movw	$REGS_BYTES / 4, %cx
1:	movl	%fs:(%si), %eax
	addw	$4, %si
	stosl
	loop	1b

	movw	$CASE_PATCHES, %si
	movw	$PATCHES, %cx
1:	movl	%fs:(%si), %eax
	testl	%eax, %eax
	jz	2f
	movw	%ax, %di
	andw	$15, %di
	shrl	$4, %eax
	movw	%ax, %es
	movl	%fs:4(%si), %eax
	movl	%eax, %es:(%di)
2:	addw	$8, %si
	loop	1b

	movzbw	%fs:CASE_LENGTH, %cx
	movw	$CASE_CODE, %si
	movw	regs_cs, %es
	movw	regs_eip, %di
1:	movb	%fs:(%si), %al
	incw	%si
	stosb
	loop	1b

	/* The system registers as v86_machine_init() has them. */
	movl	$0x10, %eax
	movl	%eax, %cr0
	xorl	%eax, %eax
	movl	%eax, %cr2
	movl	%eax, %cr3
	movl	%eax, %cr4
	movl	%eax, %db0
	movl	%eax, %db1
	movl	%eax, %db2
	movl	%eax, %db3
	movl	$0xffff0ff0, %eax
	movl	%eax, %db6
	movl	$0x400, %eax
	movl	%eax, %db7
	lgdtl	initial_gdtr
	lidtl	initial_idtr
	xorl	%eax, %eax
	xorl	%edx, %edx
	movl	$0x175, %ecx
	wrmsr
	incl	%ecx
	wrmsr

	movl	regs_esp, %eax
	movl	%eax, stack_pointer
	movw	regs_ss, %ax
	movw	%ax, stack_pointer + 4
	movw	regs_eip, %ax
	movw	%ax, code_pointer
	movw	regs_cs, %ax
	movw	%ax, code_pointer + 2
	pushl	regs_eflags
	popfl
	movl	regs_eax, %eax
	movl	regs_ecx, %ecx
	movl	regs_edx, %edx
	movl	regs_ebx, %ebx
	movl	regs_ebp, %ebp
	movl	regs_esi, %esi
	movl	regs_edi, %edi
	movw	regs_es, %es
	movw	regs_fs, %fs
	movw	regs_gs, %gs
	movw	regs_ds, %ds
	lssl	%cs:stack_pointer, %esp
	ljmpw	*%cs:code_pointer

/* 1 KiB from segment AX to segment DX. */
copy_ivt:
	movw	%ax, %fs
	movw	%dx, %es
	xorw	%si, %si
	xorw	%di, %di
	movw	$0x100, %cx
1:	movl	%fs:(%si), %eax
	addw	$4, %si
	stosl
	loop	1b
	ret

/* Here a case ends. Nothing may change before it is saved. */
ended:
	movl	%eax, %cs:result_eax
	movl	%ecx, %cs:result_ecx
	movl	%edx, %cs:result_edx
	movl	%ebx, %cs:result_ebx
	movl	%esp, %cs:result_esp
	movl	%ebp, %cs:result_ebp
	movl	%esi, %cs:result_esi
	movl	%edi, %cs:result_edi
	movw	%es, %cs:result_es
	movw	%ss, %cs:result_ss
	movw	%ds, %cs:result_ds
	movw	%fs, %cs:result_fs
	movw	%gs, %cs:result_gs
	movw	$0, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$STACK, %esp
	pushfl
	popl	result_eflags
	cli
	cld
	sgdtl	result_gdtr
	sidtl	result_idtr
	lidtl	initial_idtr
	movl	%cr0, %eax
	movl	%eax, result_cr
	movl	%cr2, %eax
	movl	%eax, result_cr + 4
	movl	%cr3, %eax
	movl	%eax, result_cr + 8
	movl	%cr4, %eax
	movl	%eax, result_cr + 12
	movl	%db0, %eax
	movl	%eax, result_dr
	movl	%db1, %eax
	movl	%eax, result_dr + 4
	movl	%db2, %eax
	movl	%eax, result_dr + 8
	movl	%db3, %eax
	movl	%eax, result_dr + 12
	movl	%db6, %eax
	movl	%eax, result_dr + 16
	movl	%db7, %eax
	movl	%eax, result_dr + 20
	movl	$0x175, %ecx
	rdmsr
	movl	%eax, result_msr
	movl	%edx, result_msr + 4
	incl	%ecx
	rdmsr
	movl	%eax, result_msr + 8
	movl	%edx, result_msr + 12

	/* A sum over 70000h-707FFh, 7F800h-801FFh. */
	xorl	%ebx, %ebx
	movw	$0x7000, %ax
	xorw	%si, %si
	movw	$0x800 / 4, %cx
	call	sum
	movw	$0xf800, %si
	movw	$0x800 / 4, %cx
	call	sum
	movw	$0x8000, %ax
	xorw	%si, %si
	movw	$0x200 / 4, %cx
	call	sum
	movl	%ebx, result_sum

	/* As the BIOS expects it, which reads the next cases. */
	movl	$0x10, %eax
	movl	%eax, %cr0
	xorl	%eax, %eax
	movl	%eax, %cr4

	movw	$result, %si
	movw	$result_end - result, %cx
	movw	$RESULT_PORT, %dx
	rep outsb
	addw	$CASE_PARAGRAPHS, case_segment
	jmp	next_case

sum:
	movw	%ax, %fs
1:	roll	$1, %ebx
	addl	%fs:(%si), %ebx
	addw	$4, %si
	loop	1b
	ret

/* Off, by ACPI: PM1a control of Bochs' BIOS. */
finish:
	movw	$0xb004, %dx
	movw	$0x2000, %ax
	outw	%ax, %dx
	hlt
	jmp	finish

marker:	.ascii	"results:"
marker_end:
initial_gdtr:
	.word	0xffff
	.long	0
initial_idtr:
	.word	0x3ff
	.long	0
case_segment:
	.word	0
stack_pointer:
	.long	0
	.word	0
code_pointer:
	.word	0, 0

	.balign	4
regs:
regs_eip:	.long	0
regs_eflags:	.long	0
regs_eax:	.long	0
regs_ecx:	.long	0
regs_edx:	.long	0
regs_ebx:	.long	0
regs_esp:	.long	0
regs_ebp:	.long	0
regs_esi:	.long	0
regs_edi:	.long	0
regs_es:	.long	0
regs_cs:	.long	0
regs_ss:	.long	0
regs_ds:	.long	0
regs_fs:	.long	0
regs_gs:	.long	0

result:
result_vector:	.long	0
result_eax:	.long	0
result_ecx:	.long	0
result_edx:	.long	0
result_ebx:	.long	0
result_esp:	.long	0
result_ebp:	.long	0
result_esi:	.long	0
result_edi:	.long	0
result_es:	.long	0
result_ss:	.long	0
result_ds:	.long	0
result_fs:	.long	0
result_gs:	.long	0
result_eflags:	.long	0
result_cr:	.long	0, 0, 0, 0
result_dr:	.long	0, 0, 0, 0, 0, 0
result_gdtr:	.long	0, 0
result_idtr:	.long	0, 0
result_msr:	.long	0, 0, 0, 0
result_sum:	.long	0
result_end:

/* Nine bytes each. */
entries:
	.set	vector, 0
	.rept	256
	movb	$vector, %cs:result_vector
	.byte	0xe9
	.word	ended - . - 2
	.set	vector, vector + 1
	.endr

	.org	512 * (1 + CODE_SECTORS)
