/*
 * A boot sector that calls the BIOS as it is told over COM1, on the bare
 * machine: what it answers is what the hypervisor must answer too.
 *
 *	P segment offset count bytes...	  write memory
 *	G segment offset count		  the bytes of memory
 *	C vector registers		  INT vector; the registers after it
 *
 * Words are little endian. The registers are, as PUSHAL and PUSHW leave them:
 * EDI ESI EBP (ESP) EBX EDX ECX EAX, then GS FS ES DS FLAGS. It sends "native"
 * and a newline when it is ready, and '.' after each P.
 */
	.code16
	.set COM1, 0x3f8
	.set STACK, 0x7c00
	.set BLOCK, 0x7e00
	.set BLOCK_BYTES, 8 * 4 + 5 * 2
	.set BLOCK_FLAGS, BLOCK + BLOCK_BYTES - 2

	.globl start
start:
	cli
	xorw	%ax, %ax
	movw	%ax, %ss
	movw	$STACK, %sp
	ljmp	$0, $1f
1:	movw	%ax, %ds
	movw	$uart, %si
	movw	$(uart_end - uart) / 2, %cx
2:	lodsw
	movb	$COM1 >> 8, %dh
	movb	%al, %dl
	movb	%ah, %al
	outb	%al, %dx
	loop	2b
	movw	$ready, %si
	movw	$ready_end - ready, %cx
	jmp	send

next:
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	cld
	sti
	call	get_byte
	cmpb	$'P', %al
	je	write_memory
	cmpb	$'G', %al
	je	read_memory
	cmpb	$'C', %al
	jne	next

	call	get_byte
	movb	%al, vector
	movw	$BLOCK, %di
	movw	$BLOCK_BYTES, %cx
1:	call	get_byte
	stosb
	loop	1b
	/* All registers but SS:SP come off the block; FLAGS last. */
	pushw	BLOCK_FLAGS
	cli
	movw	$BLOCK, %sp
	popal
	popw	%gs
	popw	%fs
	popw	%es
	popw	%ds
	movw	$STACK - 2, %sp
	popfw
	.byte	0xcd
vector:
	.byte	0
	pushfw
	cli
	movw	$BLOCK_FLAGS, %sp
	pushw	%ds
	pushw	%es
	pushw	%fs
	pushw	%gs
	pushal
	movw	$STACK - 2, %sp
	popw	%ax
	movw	%ax, %ss:BLOCK_FLAGS
	xorw	%ax, %ax
	movw	%ax, %ds
	cld
	movw	$BLOCK, %si
	movw	$BLOCK_BYTES, %cx
send:
	lodsb
	call	put_byte
	loop	send
	jmp	next

write_memory:
	call	get_range
	movw	%bx, %es
1:	call	get_byte
	stosb
	loop	1b
	movb	$'.', %al
	call	put_byte
	jmp	next

read_memory:
	call	get_range
	movw	%bx, %ds
	movw	%di, %si
	jmp	send

/* BX:DI the address, CX the count. */
get_range:
	call	get_word
	movw	%ax, %bx
	call	get_word
	movw	%ax, %di
	call	get_word
	movw	%ax, %cx
	ret

get_word:
	call	get_byte
	pushw	%ax
	call	get_byte
	movb	%al, %ah
	popw	%dx
	movb	%dl, %al
	ret

get_byte:
	movw	$COM1 + 5, %dx
1:	inb	%dx, %al
	testb	$0x01, %al
	jz	1b
	movb	$COM1 & 0xff, %dl
	inb	%dx, %al
	ret

put_byte:
	movb	%al, %ah
	movw	$COM1 + 5, %dx
1:	inb	%dx, %al
	testb	$0x20, %al
	jz	1b
	movb	$COM1 & 0xff, %dl
	movb	%ah, %al
	outb	%al, %dx
	ret

/* Register and value pairs: 115200 baud, 8n1, FIFOs, no interrupts. */
uart:
	.byte	0xfb, 0x83, 0xf8, 1, 0xf9, 0, 0xfb, 0x03, 0xfa, 1, 0xf9, 0
	.byte	0xfc, 3
uart_end:
ready:
	.ascii	"native\n"
ready_end:

	.org	510
	.word	0xaa55
