/*
 * Bits of the x86 control, debug and flags registers, exception vectors and
 * page-entry bits, by the SDM's names (volume 3, "System Architecture Overview"
 * and "Interrupt and Exception Handling"). Constants only: assembly includes
 * this too.
 */
#pragma once

#ifdef __ASSEMBLER__
#define X86_BIT(n) (1 << (n))
#else
/* Unsigned and 64 bits wide, so that ~CR0_PG keeps the upper half. */
#define X86_BIT(n) (1ull << (n))
#endif

#define CR0_PE X86_BIT(0)
#define CR0_MP X86_BIT(1)
#define CR0_EM X86_BIT(2)
#define CR0_TS X86_BIT(3)
#define CR0_ET X86_BIT(4)
#define CR0_NE X86_BIT(5)
#define CR0_WP X86_BIT(16)
#define CR0_AM X86_BIT(18)
#define CR0_NW X86_BIT(29)
#define CR0_CD X86_BIT(30)
#define CR0_PG X86_BIT(31)
/* CR0 of the kernel, on each core, from its first page table on. */
#define CR0_OF_KERNEL (CR0_PG | CR0_WP | CR0_NE | CR0_MP | CR0_ET | CR0_PE)

#define CR4_VME X86_BIT(0)
#define CR4_PVI X86_BIT(1)
#define CR4_TSD X86_BIT(2)
#define CR4_DE X86_BIT(3)
#define CR4_PSE X86_BIT(4)
#define CR4_PAE X86_BIT(5)
#define CR4_MCE X86_BIT(6)
#define CR4_PGE X86_BIT(7)
#define CR4_PCE X86_BIT(8)
#define CR4_OSFXSR X86_BIT(9)
#define CR4_OSXMMEXCPT X86_BIT(10)
#define CR4_UMIP X86_BIT(11)
#define CR4_LA57 X86_BIT(12)
#define CR4_VMXE X86_BIT(13)
#define CR4_SMXE X86_BIT(14)
#define CR4_RESERVED X86_BIT(15) /* the only one below 26 */
#define CR4_FSGSBASE X86_BIT(16)
#define CR4_PCIDE X86_BIT(17)
#define CR4_OSXSAVE X86_BIT(18)
#define CR4_KL X86_BIT(19)
#define CR4_SMEP X86_BIT(20)
#define CR4_SMAP X86_BIT(21)
#define CR4_PKE X86_BIT(22)
#define CR4_CET X86_BIT(23)
#define CR4_PKS X86_BIT(24)
#define CR4_UINTR X86_BIT(25)

#define EFER_SCE X86_BIT(0)
#define EFER_LME X86_BIT(8)
#define EFER_LMA X86_BIT(10)
#define EFER_NXE X86_BIT(11)

#define RFLAGS_CF X86_BIT(0)
#define RFLAGS_FIXED_1 X86_BIT(1) /* reads as 1 always */
#define RFLAGS_PF X86_BIT(2)
#define RFLAGS_AF X86_BIT(4)
#define RFLAGS_ZF X86_BIT(6)
#define RFLAGS_SF X86_BIT(7)
#define RFLAGS_TF X86_BIT(8)
#define RFLAGS_IF X86_BIT(9)
#define RFLAGS_DF X86_BIT(10)
#define RFLAGS_OF X86_BIT(11)
#define RFLAGS_IOPL_SHIFT 12
#define RFLAGS_IOPL 0x3000 /* both bits: IOPL 3 */
#define RFLAGS_NT X86_BIT(14)
#define RFLAGS_RF X86_BIT(16)
#define RFLAGS_VM X86_BIT(17)
#define RFLAGS_AC X86_BIT(18)
#define RFLAGS_VIF X86_BIT(19)
#define RFLAGS_VIP X86_BIT(20)
#define RFLAGS_ID X86_BIT(21)

#define DR6_B0 X86_BIT(0)
#define DR6_B1 X86_BIT(1)
#define DR6_B2 X86_BIT(2)
#define DR6_B3 X86_BIT(3)
#define DR6_BD X86_BIT(13)
#define DR6_BS X86_BIT(14)
#define DR6_BT X86_BIT(15)
#define DR6_RTM X86_BIT(16)
#define DR6_RESET 0xffff0ff0

#define DR7_LE X86_BIT(8)
#define DR7_GE X86_BIT(9)
#define DR7_GD X86_BIT(13)
#define DR7_RESET 0x400 /* bit 10 reads as 1 always */

/* Error code of an exception that names a selector or an IDT gate. */
#define SELECTOR_ERROR_EXT X86_BIT(0)
#define SELECTOR_ERROR_IDT X86_BIT(1)
#define SELECTOR_ERROR_TI X86_BIT(2)

/* Error code of a page fault. */
#define PAGE_FAULT_P X86_BIT(0)
#define PAGE_FAULT_W X86_BIT(1)
#define PAGE_FAULT_U X86_BIT(2)
#define PAGE_FAULT_RSVD X86_BIT(3)
#define PAGE_FAULT_I X86_BIT(4)

#define VECTOR_DE 0
#define VECTOR_DB 1
#define VECTOR_NMI 2
#define VECTOR_BP 3
#define VECTOR_OF 4
#define VECTOR_BR 5
#define VECTOR_UD 6
#define VECTOR_NM 7
#define VECTOR_DF 8
#define VECTOR_CSO 9 /* coprocessor segment overrun, 386 only */
#define VECTOR_TS 10
#define VECTOR_NP 11
#define VECTOR_SS 12
#define VECTOR_GP 13
#define VECTOR_PF 14
#define VECTOR_MF 16
#define VECTOR_AC 17
#define VECTOR_MC 18
#define VECTOR_XM 19
#define VECTOR_VE 20
#define VECTOR_CP 21

/*
 * Bits of paging-structure entries of all levels; PS only in one that maps a
 * large page.
 */
#define PAGING_P X86_BIT(0)
#define PAGING_RW X86_BIT(1)
#define PAGING_US X86_BIT(2)
#define PAGING_PWT X86_BIT(3)
#define PAGING_PCD X86_BIT(4)
#define PAGING_A X86_BIT(5)
#define PAGING_D X86_BIT(6)
#define PAGING_PS X86_BIT(7)
#define PAGING_PAT X86_BIT(7)	     /* of a 4 KiB page */
#define PAGING_LARGE_PAT X86_BIT(12) /* of a 2 MiB page */
#define PAGING_G X86_BIT(8)
#define PAGING_XD X86_BIT(63)
