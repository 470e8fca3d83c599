/*
 * The way in: GRUB jumps here by the Multiboot2 protocol, in 32-bit protected
 * mode without paging, EAX = the loader's magic, EBX = physical address of the
 * Multiboot2 information. Checks what must be true to go on, and says so where
 * it is not; then turns on long mode with temporary page tables, and calls
 *
 *	void kmain(u32 loader_magic, u64 multiboot2_information)
 *
 * with interrupts off on the boot stack.
 */
#include "arch/msr.h"
#include "arch/x86.h"
#include "boot/multiboot2.h"

#define KERNEL_OFFSET 0xffffffff80000000
#define PTE_PRESENT_WRITE 0x003
#define PTE_LARGE_PRESENT_WRITE 0x083
#define BOOT_STACK_BYTES 16384

	.section .multiboot2, "a"
	.balign 8
header:
	.long MULTIBOOT2_HEADER_MAGIC
	.long MULTIBOOT2_ARCHITECTURE_I386
	.long header_end - header
	.long -(MULTIBOOT2_HEADER_MAGIC + MULTIBOOT2_ARCHITECTURE_I386 + (header_end - header))

	/*
	 * In biosphere-pixels.elf (iso/pixels) this tag asks for a screen of
	 * pixels of any size. The other kernels do not ask: GRUB would set such
	 * a mode by BIOS, too, and the BIOS and its guests need the text mode.
	 * By UEFI there is a screen of pixels in any case.
	 */
	.short MULTIBOOT2_HEADER_TAG_NOTHING, MULTIBOOT2_HEADER_FLAG_OPTIONAL
	.long 20
	.long 0, 0, 0			/* width, height, bits of a pixel */

	/*
	 * Asks for modules on page boundaries, so that they can be given to
	 * guests.
	 */
	.balign 8
	.short MULTIBOOT2_HEADER_TAG_MODULE_ALIGN, 0
	.long 8

	.balign 8
	.short MULTIBOOT2_HEADER_TAG_END, 0
	.long 8
header_end:

	.section .boot.text, "ax"
	.code32
	.globl boot_entry
boot_entry:
	cli
	cld
	movl $(boot_stack_top - KERNEL_OFFSET), %esp
	movl %ebx, %ebp			/* CPUID will overwrite EBX */
	/*
	 * The protocol defines only VM and IF of the flags; NT would break
	 * IRETQ.
	 */
	pushl $RFLAGS_FIXED_1
	popfl

	movl $message_no_multiboot2, %esi
	cmpl $MULTIBOOT2_BOOTLOADER_MAGIC, %eax
	je 1f
	xorl %ebp, %ebp			/* EBX was anything */
	jmp boot_refuse
1:	movl %eax, %edi

	/* CPUID exists if the ID flag (bit 21) can be changed. */
	pushfl
	popl %eax
	movl %eax, %ecx
	xorl $(1 << 21), %eax
	pushl %eax
	popfl
	pushfl
	popl %eax
	cmpl %eax, %ecx
	movl $message_no_long_mode, %esi
	je boot_refuse

	movl $0x80000000, %eax
	cpuid
	cmpl $0x80000001, %eax
	jb boot_refuse
	movl $0x80000001, %eax
	cpuid
	testl $(1 << 29), %edx		/* long mode */
	jz boot_refuse
	/* EFER.NXE only if there is execute-disable (bit 20). */
	movl $(EFER_LME), %ecx
	testl $(1 << 20), %edx
	jz 1f
	orl $(EFER_NXE), %ecx
1:	movl %ecx, boot_efer - KERNEL_OFFSET

	call build_boot_tables

	/*
	 * Turns off whatever firmware and loader have turned on: 57-bit
	 * addresses, which can be turned off only here and would misread our
	 * tables, PCIDs, SMEP, SMAP, protection keys, CET. Only CR4.VMXE stays,
	 * which cannot be cleared during VMX operation; vmm/vmx/vmx.c reports
	 * it.
	 */
	movl %cr4, %eax
	andl $(CR4_VMXE), %eax
	orl $(CR4_PAE), %eax
	movl %eax, %cr4
	movl $(boot_pml4 - KERNEL_OFFSET), %eax
	movl %eax, %cr3
	movl $MSR_IA32_EFER, %ecx
	movl boot_efer - KERNEL_OFFSET, %eax
	xorl %edx, %edx
	wrmsr
	movl $(CR0_OF_KERNEL), %eax	/* caches on: CD and NW are clear */
	movl %eax, %cr0

	lgdt boot_gdt_pointer
	ljmp $0x08, $boot_entry_64

/*
 * Maps the first GiB by 2 MiB pages at three places: at its own addresses (this
 * code runs there), at the kernel's link address, and at the start of the
 * direct map. Everything may be written and executed; arch/mem/paging.c
 * replaces these tables.
 */
build_boot_tables:
	movl $(boot_pdpt - KERNEL_OFFSET + PTE_PRESENT_WRITE), %eax
	movl %eax, boot_pml4 - KERNEL_OFFSET
	movl %eax, boot_pml4 - KERNEL_OFFSET + 256 * 8
	movl $(boot_pdpt_high - KERNEL_OFFSET + PTE_PRESENT_WRITE), %eax
	movl %eax, boot_pml4 - KERNEL_OFFSET + 511 * 8
	movl $(boot_pd - KERNEL_OFFSET + PTE_PRESENT_WRITE), %eax
	movl %eax, boot_pdpt - KERNEL_OFFSET
	movl %eax, boot_pdpt_high - KERNEL_OFFSET + 510 * 8
	movl $PTE_LARGE_PRESENT_WRITE, %eax
	xorl %ecx, %ecx
1:	movl %eax, boot_pd - KERNEL_OFFSET(, %ecx, 8)
	addl $0x200000, %eax
	incl %ecx
	cmpl $512, %ecx
	jb 1b
	ret

	.code64
boot_entry_64:
	movw $0x10, %ax
	movw %ax, %ss
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %fs
	movw %ax, %gs
	movq $boot_stack_top, %rsp
	movl %edi, %edi			/* the loader's magic */
	movl %ebp, %esi			/* the information's address */
	xorl %ebp, %ebp			/* a backtrace ends here */
	movabsq $kmain, %rax
	call *%rax
	ud2

	.section .boot.rodata, "a"
message_no_multiboot2:
	.ascii "Biosphere: not started by a Multiboot2 loader; in GRUB, use "
	.asciz "the command 'multiboot2'. Stopped.\r\n"
message_no_long_mode:
	.ascii "Biosphere: this processor has no 64-bit mode (CPUID 80000001h, "
	.asciz "EDX bit 29), which it needs. Stopped.\r\n"

	.balign 8
boot_gdt:
	.quad 0
	.quad 0x00af9b000000ffff	/* 08h: 64-bit code */
	.quad 0x00cf93000000ffff	/* 10h: data */
boot_gdt_pointer:
	.short boot_gdt_pointer - boot_gdt - 1
	.long boot_gdt

	.section .bss.page_aligned, "aw", @nobits
	.balign 4096
	.globl boot_pml4
boot_pml4:
	.skip 4096
boot_pdpt:
	.skip 4096
boot_pdpt_high:
	.skip 4096
boot_pd:
	.skip 4096
boot_stack:
	.skip BOOT_STACK_BYTES
boot_stack_top:

	.bss
	.balign 4
	.globl boot_efer
boot_efer:				/* the first IA32_EFER of every core */
	.skip 4

	.section .note.GNU-stack, "", @progbits
