/*
 * Instructions that C cannot express, one function each. All inline assembly of
 * arch is here; that of VMX is in vmm/vmx/vmx_insn.h.
 */
#pragma once

#include "lib/types.h"

/* The operand of LGDT, LIDT, SGDT and SIDT in 64-bit mode. */
struct descriptor_pointer {
	u16 limit;
	u64 base;
} __attribute__((packed));
static_assert(sizeof(struct descriptor_pointer) == 10, "SDM format");

static inline void outb(u16 port, u8 value)
{
	asm volatile("outb %[value], %[port]"
		     :
		     : [value] "a"(value), [port] "Nd"(port)
		     : "memory");
}

static inline void outw(u16 port, u16 value)
{
	asm volatile("outw %[value], %[port]"
		     :
		     : [value] "a"(value), [port] "Nd"(port)
		     : "memory");
}

static inline void outl(u16 port, u32 value)
{
	asm volatile("outl %[value], %[port]"
		     :
		     : [value] "a"(value), [port] "Nd"(port)
		     : "memory");
}

static inline u8 inb(u16 port)
{
	u8 value;

	asm volatile("inb %[port], %[value]"
		     : [value] "=a"(value)
		     : [port] "Nd"(port)
		     : "memory");
	return value;
}

static inline u16 inw(u16 port)
{
	u16 value;

	asm volatile("inw %[port], %[value]"
		     : [value] "=a"(value)
		     : [port] "Nd"(port)
		     : "memory");
	return value;
}

static inline u32 inl(u16 port)
{
	u32 value;

	asm volatile("inl %[port], %[value]"
		     : [value] "=a"(value)
		     : [port] "Nd"(port)
		     : "memory");
	return value;
}

/*
 * CPUID: leaf and subleaf in *rax and *rcx. The upper halves of all four are 0
 * afterwards. RBX is kept in another register and not on the stack, for
 * functions without a frame: see vmm/exit.c.
 */
static inline void cpuid_registers(u64 *rax, u64 *rbx, u64 *rcx, u64 *rdx)
{
	asm volatile("movq %%rbx, %[rbx]; cpuid; xchgq %%rbx, %[rbx]"
		     : "+a"(*rax), [rbx] "=&r"(*rbx), "+c"(*rcx), "=d"(*rdx));
}

/* out: EAX, EBX, ECX, EDX. */
static inline void cpuid(u32 leaf, u32 subleaf, u32 out[4])
{
	u64 rax = leaf, rcx = subleaf, rbx, rdx;

	cpuid_registers(&rax, &rbx, &rcx, &rdx);
	out[0] = (u32)rax;
	out[1] = (u32)rbx;
	out[2] = (u32)rcx;
	out[3] = (u32)rdx;
}

/*
 * RDTSC clears the upper halves of RAX and RDX. Always inline, also in code
 * built for size: a call would be part of what is measured.
 */
static inline __attribute__((always_inline)) u64 rdtsc(void)
{
	u64 low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return high << 32 | low;
}

/*
 * RDTSC for the shortest paths: both halves as they come, or the lower one
 * alone.
 */
struct tsc_halves {
	u32 low, high;
};

static inline struct tsc_halves rdtsc_halves(void)
{
	struct tsc_halves tsc;

	asm volatile("rdtsc" : "=a"(tsc.low), "=d"(tsc.high) : : "memory");
	return tsc;
}

static inline u32 rdtsc_low(void)
{
	return rdtsc_halves().low;
}

static inline u64 tsc_of_halves(struct tsc_halves tsc)
{
	return (u64)tsc.high << 32 | tsc.low;
}

/*
 * *value + what, in the lower 16 bits of both; the rest of *value stays. True
 * if that is not the whole sum.
 */
static inline bool add_low_16(u64 *value, u64 what)
{
	bool carry;

	asm("addw %w[what], %w[value]"
	    : [value] "+r"(*value), "=@ccc"(carry)
	    : [what] "r"(what)
	    : "cc");
	return carry;
}

/* RDTSC after all earlier loads and before all later instructions. */
static inline u64 rdtsc_ordered(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc; lfence"
		     : "=a"(low), "=d"(high)
		     :
		     : "memory");
	return (u64)high << 32 | low;
}

/* Raises #GP if the MSR does not exist; see rdmsr_safe(). */
static inline u64 rdmsr(u32 msr)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
	return (u64)high << 32 | low;
}

static inline void wrmsr(u32 msr, u64 value)
{
	asm volatile("wrmsr"
		     :
		     : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
		     : "memory");
}

#define CPU_REGISTER_ACCESS(reg)                                               \
	static inline u64 read_##reg(void)                                     \
	{                                                                      \
		u64 value;                                                     \
                                                                               \
		asm volatile("mov %%" #reg ", %[value]"                        \
			     : [value] "=r"(value)                             \
			     :                                                 \
			     : "memory");                                      \
		return value;                                                  \
	}                                                                      \
	static inline void write_##reg(u64 value)                              \
	{                                                                      \
		asm volatile("mov %[value], %%" #reg                           \
			     :                                                 \
			     : [value] "r"(value)                              \
			     : "memory");                                      \
	}

CPU_REGISTER_ACCESS(cr0)
CPU_REGISTER_ACCESS(cr2)
CPU_REGISTER_ACCESS(cr3)
CPU_REGISTER_ACCESS(cr4)
CPU_REGISTER_ACCESS(dr0)
CPU_REGISTER_ACCESS(dr1)
CPU_REGISTER_ACCESS(dr2)
CPU_REGISTER_ACCESS(dr3)
CPU_REGISTER_ACCESS(dr6)
CPU_REGISTER_ACCESS(dr7)

#undef CPU_REGISTER_ACCESS

static inline void lgdt(const struct descriptor_pointer *pointer)
{
	asm volatile("lgdt %[pointer]" : : [pointer] "m"(*pointer));
}

static inline void sgdt(struct descriptor_pointer *pointer)
{
	asm volatile("sgdt %[pointer]" : [pointer] "=m"(*pointer));
}

static inline void lidt(const struct descriptor_pointer *pointer)
{
	asm volatile("lidt %[pointer]" : : [pointer] "m"(*pointer));
}

static inline void sidt(struct descriptor_pointer *pointer)
{
	asm volatile("sidt %[pointer]" : [pointer] "=m"(*pointer));
}

static inline u16 str(void)
{
	u16 selector;

	asm volatile("str %[selector]" : [selector] "=rm"(selector));
	return selector;
}

static inline void ltr(u16 selector)
{
	asm volatile("ltr %[selector]"
		     :
		     : [selector] "rm"(selector)
		     : "memory");
}

static inline void load_es(u16 selector)
{
	asm volatile("mov %[selector], %%es" : : [selector] "r"(selector));
}

static inline void load_ss(u16 selector)
{
	asm volatile("mov %[selector], %%ss" : : [selector] "r"(selector));
}

static inline void load_ds(u16 selector)
{
	asm volatile("mov %[selector], %%ds" : : [selector] "r"(selector));
}

static inline void load_fs(u16 selector)
{
	asm volatile("mov %[selector], %%fs" : : [selector] "r"(selector));
}

/* Also clears GS.base: IA32_GS_BASE must be written afterwards. */
static inline void load_gs(u16 selector)
{
	asm volatile("mov %[selector], %%gs" : : [selector] "r"(selector));
}

/* The quadword at GS:0, where each core keeps the address of its struct cpu. */
static inline u64 read_gs_first_word(void)
{
	u64 value;

	asm volatile("mov %%gs:0, %[value]" : [value] "=r"(value));
	return value;
}

static inline void invlpg(const void *address)
{
	asm volatile("invlpg (%[address])"
		     :
		     : [address] "r"(address)
		     : "memory");
}

/*
 * Completes all earlier loads and stores, as other cores see them, before
 * anything later begins. WRMSR does that by itself for most MSRs, but not for
 * the local APIC's registers and IA32_TSC_DEADLINE.
 */
static inline void fence_before_wrmsr(void)
{
	asm volatile("mfence; lfence" : : : "memory");
}

static inline void wbinvd(void)
{
	asm volatile("wbinvd" : : : "memory");
}

static inline void cpu_pause(void)
{
	asm volatile("pause" : : : "memory");
}

static inline void cpu_halt(void)
{
	asm volatile("hlt" : : : "memory");
}

static inline void interrupts_disable(void)
{
	asm volatile("cli" : : : "memory");
}

/*
 * STI and HLT together: a pending interrupt is taken only after HLT has begun,
 * so it wakes the core, and no wake-up is lost.
 */
static inline void interrupts_enable_and_halt(void)
{
	asm volatile("sti; hlt" : : : "memory");
}

/*
 * Takes pending interrupts. Interrupts stay blocked for one instruction behind
 * STI.
 */
static inline void interrupts_let_in(void)
{
	asm volatile("sti; nop; cli" : : : "memory");
}

/*
 * INT n; n must be a constant. It is an int because gcc writes a u8 above 7Fh
 * as a negative number, which assemblers from binutils 2.44 on refuse.
 */
static inline __attribute__((always_inline)) void
software_interrupt(const u8 vector)
{
	asm volatile("int %[vector]" : : [vector] "i"((int)vector) : "memory");
}

/* Calls this core's NMI handler, whose IRETQ ends the blocking of NMIs. */
static inline __attribute__((always_inline)) void call_nmi_handler(void)
{
	software_interrupt(2);
}

/*
 * REP STOSQ, which processors do fast for whole pages and emulators in one
 * step. The direction flag is always clear in the kernel.
 */
static inline void clear_quadwords(void *at, u64 count)
{
	asm volatile("rep stosq" : "+D"(at), "+c"(count) : "a"(0ul) : "memory");
}

static inline void fxsave(void *area_512_aligned_16)
{
	asm volatile("fxsave64 (%[area])"
		     :
		     : [area] "r"(area_512_aligned_16)
		     : "memory");
}

static inline void fxrstor(const void *area_512_aligned_16)
{
	asm volatile("fxrstor64 (%[area])"
		     :
		     : [area] "r"(area_512_aligned_16)
		     : "memory");
}
