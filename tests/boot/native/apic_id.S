/*
 * An option ROM that has the second core write another APIC ID into its local
 * APIC, as firmware may: CPUID goes on telling the one of the reset. The BIOS
 * calls it, on the boot core; the BIOS has counted the cores by then.
 */
	.code16
	.set APIC_ID, 0xfee00020
	.set ICR_LOW, 0xfee00300
	.set ICR_HIGH, 0xfee00310
	.set OLD_ID, 1
	.set NEW_ID, 5
	.set AP_PAGE, 0x8		/* 8000h, where its code is copied to */
	.set INIT, 0x4500
	.set STARTUP, 0x4600
	.set TRIES, 200

	.globl _start
_start:	.byte 0x55, 0xaa, 1		/* 512 bytes */
	jmp on_boot_core

on_boot_core:
	pushal
	pushw %ds
	pushw %es
	pushw %fs
	pushfw
	cli
	cld
	pushw %cs
	popw %ds
	movw $AP_PAGE << 8, %ax
	movw %ax, %es
	xorw %di, %di
	movw $on_ap, %si
	movw $ap_end - on_ap, %cx
	rep movsb
	movw %ax, %ds
	call reach_everything
	movl $ICR_HIGH, %ebx
	movl $OLD_ID << 24, %fs:(%ebx)
	movl $ICR_LOW, %ebx
	movl $INIT, %fs:(%ebx)
	movw $TRIES, %dx
1:	movl $STARTUP | AP_PAGE, %fs:(%ebx)
	movw $0x8000, %cx
2:	pause
	cmpb $0, done - on_ap
	loope 2b
	jne 3f
	decw %dx
	jnz 1b
3:	popfw
	popw %fs
	popw %es
	popw %ds
	popal
	lretw

/* FS gets a limit of 4 GiB, and keeps it in real mode. */
reach_everything:
	lgdtl gdt_pointer - on_ap
	movl %cr0, %eax
	orb $1, %al
	movl %eax, %cr0
	movw $8, %cx
	movw %cx, %fs
	decb %al
	movl %eax, %cr0
	ret

/* From here on copied; so addresses are counted from here. */
on_ap:	movw %cs, %ax
	movw %ax, %ds
	lgdtl gdt_pointer - on_ap
	movl %cr0, %eax
	orb $1, %al
	movl %eax, %cr0
	movw $8, %cx
	movw %cx, %fs
	decb %al
	movl %eax, %cr0
	movl $APIC_ID, %ebx
	movl $NEW_ID << 24, %fs:(%ebx)
	movb $1, done - on_ap
1:	hlt
	jmp 1b

	.balign 8
gdt:	.quad 0
	.quad 0x00cf93000000ffff
gdt_pointer:
	.short gdt_pointer - gdt - 1
	.long (AP_PAGE << 12) + gdt - on_ap
done:	.byte 0
ap_end:

	.org 511
sum:	.byte 0				/* the sum of all bytes is 0: the test's */
