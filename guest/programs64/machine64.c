/*
 * Goes through the machine of run64, and says for each part whether it is as it
 * should be. Ends with the number of parts that were not in RAX. With rdi= it
 * does one thing only, and mostly does not come back:
 *
 *	1  a breakpoint without an IDT: triple fault
 *	2  spins with interrupts off: timeout
 *	3  an access to memory-mapped I/O that nobody acts out: fault
 *	4  an access where nothing is mapped, without an IDT: triple fault
 *	5  jumps into memory-mapped I/O: fault
 *	6  memory-mapped I/O by string instructions and across page boundaries
 *	7  copies from there to where a page table would be no RAM: fault
 */
#include "guest/programs64/io64.h"

#define PAGE 4096u
#define PAGE_TABLES 0x1000u /* PML4, PDPT, directory, page table */
#define SPARE_PAGE 0x80000u
#define UNMAPPED (1ull << 40)
#define EFLAGS_CF 1u

struct gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};

static struct gate idt[32];
static volatile uint64_t exceptions, fault_address, fault_code;
static uint64_t failures;

uint64_t main(uint64_t what);
void on_invalid_opcode(void);
void on_page_fault(void);
void on_protection(void);

/* UD2 is two bytes; WRMSR too. A page fault's cause is mended by its handler. */
__asm__(".globl on_invalid_opcode, on_protection, on_page_fault\n"
	"on_invalid_opcode:\n"
	"	incq exceptions(%rip)\n"
	"	addq $2, (%rsp)\n"
	"	iretq\n"
	"on_protection:\n"
	"	incq exceptions(%rip)\n"
	"	addq $8, %rsp\n"
	"	addq $2, (%rsp)\n"
	"	iretq\n"
	"on_page_fault:\n"
	"	pushq %rax\n"
	"	movq %cr2, %rax\n"
	"	movq %rax, fault_address(%rip)\n"
	"	movq 8(%rsp), %rax\n"
	"	movq %rax, fault_code(%rip)\n"
	"	incq exceptions(%rip)\n"
	"	movq mend_entry(%rip), %rax\n"
	"	orq $3, (%rax)\n"
	"	popq %rax\n"
	"	addq $8, %rsp\n"
	"	iretq\n");

volatile uint64_t *mend_entry;

static void check(const char *name, int good)
{
	print(good ? "good: " : "BAD: ");
	print(name);
	print("\n");
	failures += !good;
}

static void set_gate(unsigned vector, void (*handler)(void))
{
	uint64_t at = (uint64_t)handler;

	idt[vector] = (struct gate){ .offset_low = (uint16_t)at,
				     .selector = ABI64_SELECTOR_CODE,
				     .type = 0x8e,
				     .offset_middle = (uint16_t)(at >> 16),
				     .offset_high = (uint32_t)(at >> 32) };
}

static void load_idt(void)
{
	const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) pointer = { sizeof(idt) - 1, (uint64_t)idt };

	set_gate(6, on_invalid_opcode);
	set_gate(13, on_protection);
	set_gate(14, on_page_fault);
	__asm__ volatile("lidt %0" : : "m"(pointer));
}

#define MMIO(type, offset) (*(volatile type *)(ABI64_MMIO + (offset)))

static void check_mmio(void)
{
	MMIO(uint8_t, 0x10) = 0x11;
	MMIO(uint16_t, 0x20) = 0x2222;
	MMIO(uint32_t, 0x30) = 0x33333333;
	MMIO(uint64_t, 0x40) = 0x4444444455555555;
	check("reads of 1, 2, 4 and 8 bytes answer 12h",
	      MMIO(uint8_t, 0x18) == ABI64_MMIO_ANSWER &&
		      MMIO(uint16_t, 0x28) == ABI64_MMIO_ANSWER &&
		      MMIO(uint32_t, 0x38) == ABI64_MMIO_ANSWER &&
		      MMIO(uint64_t, 0x48) == ABI64_MMIO_ANSWER);
	MMIO(uint32_t, 0x50) |= 0x8000;
	check("the null page is not RAM",
	      *(volatile uint32_t *)(uint64_t)(exceptions + 8) ==
		      ABI64_MMIO_ANSWER);
}

static uint64_t sum_to(uint64_t n)
{
	volatile uint64_t kept = n;

	return n == 0 ? 0 : kept + sum_to(n - 1);
}

static void check_sse(void)
{
	double third;

	__asm__ volatile("cvtsi2sd %1, %0\n"
			 "divsd %2, %0"
			 : "=&x"(third)
			 : "r"(1ull), "x"(3.0));
	check("SSE computes", third > 0.333 && third < 0.334);
}

static void check_exceptions(void)
{
	load_idt();
	exceptions = 0;
	__asm__ volatile("ud2");
	check("#UD reaches the program's handler", exceptions == 1);
	__asm__ volatile("wrmsr" : : "c"(0x10), "a"(0), "d"(0));
	check("a write of an MSR is #GP", exceptions == 2);
	__asm__ volatile("wrmsr" : : "c"(0x8b), "a"(0), "d"(0));
	check("one of the microcode's revision does nothing", exceptions == 2);
}

/* Maps a page that was not, by a handler; then takes it away again. */
static void check_paging(void)
{
	volatile uint64_t *tables = (void *)(uint64_t)PAGE_TABLES;
	volatile uint64_t *pml4 = tables;
	volatile uint64_t *table = (void *)(uint64_t)SPARE_PAGE;
	volatile uint64_t *page = (void *)UNMAPPED;

	for (unsigned level = 0; level < 3; level++) {
		table[level * 512] = SPARE_PAGE + (level + 1) * PAGE;
		table[level * 512] |= level == 2 ? 0 : 3;
	}
	pml4[UNMAPPED >> 39] = SPARE_PAGE | 3;
	mend_entry = &table[2 * 512];
	*page = 77;
	check("a page fault has its address and error code",
	      exceptions == 3 && fault_address == UNMAPPED && fault_code == 2);
	check("the page is there then",
	      *(volatile uint64_t *)(SPARE_PAGE + 3 * PAGE) == 77);
	check("accessed and dirty are set", (*mend_entry & 0x60) == 0x60);
	*mend_entry &= ~3ull;
	__asm__ volatile("invlpg %0" : : "m"(*page));
	check("INVLPG takes it away",
	      *page == 77 && exceptions == 4 && fault_code == 0);
	*mend_entry &= ~2ull;
	__asm__ volatile("invlpg %0" : : "m"(*page));
	*page = 77;
	check("a read-only page is one from the start",
	      exceptions == 5 && fault_code == 3);
	pml4[UNMAPPED >> 39] = 0;
	__asm__ volatile("mov %%cr3, %%rax\n"
			 "mov %%rax, %%cr3"
			 :
			 :
			 : "rax", "memory");
	pml4[UNMAPPED >> 39] = SPARE_PAGE | 2;
	mend_entry = &pml4[UNMAPPED >> 39];
	check("a load of CR3 too", *page == 77 && exceptions == 6);
}

static void check_control_registers(void)
{
	uint64_t cr0, cr3, cr4;

	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	check("CR0, CR3 and CR4 are as documented",
	      cr0 == 0x80010033 && cr3 == PAGE_TABLES && cr4 == 0x620);
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | 4));
	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("mov %0, %%cr0" : : "r"(cr0 & ~0x10000ull));
	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	check("CR4.TSD and CR0.WP can be changed",
	      cr4 == 0x624 && cr0 == 0x80000033);
}

/* With CR0.WP clear: the other way round comes first. */
static void check_write_protection(void)
{
	volatile uint64_t *entry = (void *)(uint64_t)(SPARE_PAGE + 2 * PAGE);
	volatile uint64_t *page = (void *)UNMAPPED;
	uint64_t cr0;

	*entry = (SPARE_PAGE + 3 * PAGE) | 1;
	__asm__ volatile("invlpg %0" : : "m"(*page));
	exceptions = 0;
	mend_entry = entry;
	*page = 78;
	check("without CR0.WP a read-only page is written", exceptions == 0);
	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | 0x10000));
	*page = 79;
	check("with it that is a page fault",
	      exceptions == 1 && fault_code == 3 && *page == 79);
}

/* What only some instructions and places do. */
static void strings_and_boundaries(void)
{
	static const uint8_t text[8] = {
		'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'
	};
	static uint8_t copy[8];
	volatile uint64_t *last = (void *)(ABI64_RAM_END - 4ull);
	const void *from = text;
	void *to = (void *)(uint64_t)ABI64_MMIO;
	uint64_t count = 2;

	__asm__ volatile("rep movsl"
			 : "+S"(from), "+D"(to), "+c"(count)
			 :
			 : "memory");
	check("REP MOVS to it",
	      count == 0 && to == (void *)(ABI64_MMIO + 8ull));
	from = to;
	to = copy;
	__asm__ volatile("movsq" : "+S"(from), "+D"(to) : : "memory");
	check("MOVS from it", copy[0] == ABI64_MMIO_ANSWER && copy[1] == 0);
	*last = 0x1122334455667788;
	check("half RAM, half not",
	      *(volatile uint32_t *)last == 0x55667788 &&
		      *last ==
			      ((uint64_t)ABI64_MMIO_ANSWER << 32 | 0x55667788));
	MMIO(uint64_t, PAGE - 3) = 0x8877665544332211;
	__asm__ volatile("lock; addl $5, %0" : : "m"(MMIO(uint32_t, 0x60)));
	__asm__ volatile("xchgb %%al, %0" : : "m"(MMIO(uint8_t, 0x70)), "a"(7));
	__asm__ volatile("cmpq $0x12, %0" : : "m"(MMIO(uint64_t, 0x80)));
}

/* The processor asks for the first half only, the host for both. */
static void copy_through_no_table(void)
{
	volatile uint64_t *pml4 = (void *)(uint64_t)PAGE_TABLES;
	const void *from = (void *)(uint64_t)ABI64_MMIO;
	void *to = (void *)UNMAPPED;

	pml4[UNMAPPED >> 39] = ABI64_MMIO | 3;
	__asm__ volatile("movsb" : "+S"(from), "+D"(to) : : "memory");
}

static void go_wrong(uint64_t what)
{
	switch (what) {
	case 1:
		__asm__ volatile("int3");
		break;
	case 2:
		__asm__ volatile("cli; 1: jmp 1b");
		break;
	case 3:
		__asm__ volatile("incl %%eax; movups %0, %%xmm0"
				 :
				 : "m"(MMIO(uint64_t, 0))
				 : "eax", "xmm0");
		break;
	case 4:
		*(volatile uint8_t *)UNMAPPED = 1;
		break;
	case 5:
		((void (*)(void))(uint64_t)ABI64_MMIO)();
		break;
	case 7:
		copy_through_no_table();
		break;
	default:
		strings_and_boundaries();
		break;
	}
}

uint64_t main(uint64_t what)
{
	if (what != 0) {
		go_wrong(what);
		return failures;
	}
	check_mmio();
	out32(0x80, 0x00345678);
	check("a port without a device reads as ones", in8(0x81) == 0xff);
	check("recursion", sum_to(100) == 5050);
	check_sse();
	check_exceptions();
	check_paging();
	check_control_registers();
	check_write_protection();
	print("done, without a newline");
	return failures;
}
