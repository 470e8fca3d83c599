/*
 * Why the kernel cannot start, for whoever is there: on COM1, on the VGA's text
 * screen, and on the loader's screen of pixels. Called by boot/entry.S, in 32-bit
 * protected mode without paging, before there is anything else; never comes
 * back.
 *
 *	void boot_refuse(const char *message, const void *multiboot2_information)
 *
 * in ESI and EBP; no stack is needed but that of a call. The information is 0
 * where nobody knows the loader, and thus its screen.
 */
#include "boot/multiboot2.h"

#define KERNEL_OFFSET 0xffffffff80000000
#define COM1 0x3f8
#define UART_INTERRUPT_ENABLE 1
#define UART_LINE_CONTROL 3
#define UART_8N1 0x03
#define UART_DIVISOR_ACCESS 0x80
#define UART_LINE_STATUS 5
#define UART_TRANSMITTER_EMPTY 0x20
#define UART_PATIENCE 100000
#define VGA_TEXT 0xb8000
#define WHITE_ON_RED 0x4f

/* As in arch/console/font.h. */
#define FONT_FIRST 0x20
#define FONT_WIDTH 8
#define FONT_HEIGHT 16

/* In a framebuffer tag. */
#define TAG_SIZE 4
#define FB_ADDRESS 8
#define FB_ADDRESS_HIGH 12
#define FB_PITCH 16
#define FB_WIDTH 20
#define FB_BITS 28
#define FB_TYPE 29
#define FB_RED_POSITION 32
#define FB_RED_BITS 33

	.section .boot.text, "ax"
	.code32
	.globl boot_refuse
boot_refuse:
	call write_to_uart
	call write_to_vga
	call write_to_pixels
1:	hlt
	jmp 1b

/* 115200 baud, 8N1; where no UART answers, each character waits for a moment. */
write_to_uart:
	movb $(UART_DIVISOR_ACCESS | UART_8N1), %al
	movw $(COM1 + UART_LINE_CONTROL), %dx
	outb %al, %dx
	movb $1, %al
	movw $COM1, %dx
	outb %al, %dx
	movb $0, %al
	movw $(COM1 + UART_INTERRUPT_ENABLE), %dx
	outb %al, %dx			/* the divisor's high byte, here */
	movb $UART_8N1, %al
	movw $(COM1 + UART_LINE_CONTROL), %dx
	outb %al, %dx
	pushl %esi
1:	lodsb
	testb %al, %al
	jz 3f
	movb %al, %bl
	movl $UART_PATIENCE, %ecx
	movw $(COM1 + UART_LINE_STATUS), %dx
2:	inb %dx, %al
	testb $UART_TRANSMITTER_EMPTY, %al
	loopz 2b
	movb %bl, %al
	movw $COM1, %dx
	outb %al, %dx
	jmp 1b
3:	popl %esi
	ret

write_to_vga:
	pushl %esi
	movl $VGA_TEXT, %edi
	movb $WHITE_ON_RED, %ah
1:	lodsb
	testb %al, %al
	jz 2f
	stosw
	jmp 1b
2:	popl %esi
	ret

/*
 * In the upper left corner, white on red, where the loader has told of a screen
 * below 4 GiB whose pixels are 2 to 4 bytes.
 */
write_to_pixels:
	call find_framebuffer
	testl %ebx, %ebx
	jz 3f
	movzbl FB_BITS(%ebx), %eax
	addl $7, %eax
	shrl $3, %eax
	movl %eax, pixel_bytes - KERNEL_OFFSET
	movb FB_RED_BITS(%ebx), %cl	/* all ones of the red channel */
	movl $1, %eax
	shll %cl, %eax
	decl %eax
	movb FB_RED_POSITION(%ebx), %cl
	shll %cl, %eax
	movl %eax, paper - KERNEL_OFFSET
	movl FB_ADDRESS(%ebx), %edi
1:	movl FB_WIDTH(%ebx), %eax	/* a row of characters begins at EDI */
	shrl $3, %eax
	movl %eax, columns_left - KERNEL_OFFSET
	movl %edi, %ebp
2:	lodsb
	cmpb $FONT_FIRST, %al
	jb 3f				/* its end: CR, LF, NUL */
	call draw_character
	movl pixel_bytes - KERNEL_OFFSET, %eax
	leal (%ebp, %eax, FONT_WIDTH), %ebp
	decl columns_left - KERNEL_OFFSET
	jnz 2b
	movl FB_PITCH(%ebx), %eax
	shll $4, %eax			/* FONT_HEIGHT rows */
	addl %eax, %edi
	jmp 1b
3:	ret

/* EBX = the framebuffer tag, or 0 if there is none that can be used here. */
find_framebuffer:
	xorl %ebx, %ebx
	testl %ebp, %ebp
	jz 3f
	movl (%ebp), %ecx		/* the information's size */
	addl %ebp, %ecx
	leal 8(%ebp), %ebx
1:	leal FB_RED_BITS + 1(%ebx), %eax
	cmpl %ecx, %eax
	ja 2f
	cmpl $MULTIBOOT2_TAG_FRAMEBUFFER, (%ebx)
	je 4f
	movl TAG_SIZE(%ebx), %eax
	addl $(MULTIBOOT2_TAG_ALIGN - 1), %eax
	andl $~(MULTIBOOT2_TAG_ALIGN - 1), %eax
	jz 2f
	addl %eax, %ebx
	jnc 1b
2:	xorl %ebx, %ebx
3:	ret
4:	cmpb $MULTIBOOT2_FRAMEBUFFER_RGB, FB_TYPE(%ebx)
	jne 2b
	cmpl $0, FB_ADDRESS_HIGH(%ebx)
	jne 2b
	cmpl $FONT_WIDTH, FB_WIDTH(%ebx)
	jb 2b
	cmpb $15, FB_BITS(%ebx)
	jb 2b
	cmpb $32, FB_BITS(%ebx)
	ja 2b
	ret

/* AL = a character, EBP = where its cell is; EBX = the framebuffer tag. */
draw_character:
	pushl %esi
	pushl %edi
	pushl %ebp
	movzbl %al, %eax
	shll $4, %eax
	leal font_glyphs - KERNEL_OFFSET - FONT_FIRST * FONT_HEIGHT(%eax), %esi
	movl $FONT_HEIGHT, %edx
1:	lodsb
	movb %al, %ah			/* the row's pixels, from the left */
	movl $FONT_WIDTH, %ecx
	movl %ebp, %edi
2:	pushl %eax
	shlb $1, %ah
	movl $0xffffffff, %eax		/* white has all bits, in any format */
	jc 3f
	movl paper - KERNEL_OFFSET, %eax
3:	call store_pixel
	popl %eax
	shlb $1, %ah
	loop 2b
	addl FB_PITCH(%ebx), %ebp
	decl %edx
	jnz 1b
	popl %ebp
	popl %edi
	popl %esi
	ret

/* EAX = a pixel, to EDI, which moves behind it. */
store_pixel:
	cmpl $3, pixel_bytes - KERNEL_OFFSET
	ja 1f
	stosw
	jb 2f
	shrl $16, %eax
	stosb
	ret
1:	stosl
2:	ret

	.bss
	.balign 4
pixel_bytes:
	.skip 4
paper:
	.skip 4
columns_left:
	.skip 4

	.section .note.GNU-stack, "", @progbits
