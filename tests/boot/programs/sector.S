/*
 * The first sector of a disk, entered at 0000:7C00 or elsewhere: tells by COM1
 * that it runs and what the next sector says, reads the clock, and waits for a
 * key, which it tells as well. 'q' switches the PC off, 'r' resets it.
 */
	.code16
	.globl _start
_start:
	ljmpw $0x7c0, $1f
1:	pushw %cs
	popw %ds
	pushw %cs
	popw %ss
	movw $0xf000, %sp
	movw $started, %si
	call tell
	pushw %ds
	popw %es
	movw $0x0201, %ax /* one sector, by cylinder, head, sector */
	movw $0x0002, %cx
	movw $0x0080, %dx
	movw $0x200, %bx
	int $0x13
	jc failed
	movw $0x200, %si
	call tell
	xorb %ah, %ah /* the ticks go on while it halts */
	int $0x1a
	movw %dx, %di
2:	sti
	hlt
	xorb %ah, %ah
	int $0x1a
	cmpw %di, %dx
	je 2b
	movw $ticks, %si
	call tell
3:	xorb %ah, %ah
	int $0x16
	movb %al, key
	movw $key, %si
	call tell
	cmpb $'q', key
	je off
	cmpb $'r', key
	jne 3b
	movb $0xfe, %al
	outb %al, $0x64
failed:
	movw $failure, %si
	call tell
	jmp 3b
off:
	movl $0x80000b40, %eax /* the power-management ports, by PCI */
	movw $0xcf8, %dx
	outl %eax, %dx
	movw $0xcfc, %dx
	inw %dx, %ax
	andw $0xffc0, %ax
	addw $4, %ax
	movw %ax, %dx
	movw $0x2001, %ax
	outw %ax, %dx
	jmp failed

/* The text at SI, by COM1 and on the screen. */
tell:
	lodsb
	testb %al, %al
	jz 1f
	movw $0x3f8, %dx
	outb %al, %dx
	movb $0x0e, %ah
	movw $7, %bx
	int $0x10
	jmp tell
1:	ret

started:
	.asciz "sector 0 runs\r\n"
failure:
	.asciz "it failed\r\n"
ticks:
	.asciz "the clock ticks\r\n"
key:
	.asciz "? was typed\r\n"
