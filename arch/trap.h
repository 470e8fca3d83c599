/*
 * Exceptions and interrupts of the host: the IDT, which all cores share, and
 * where each vector goes. Exceptions are bugs of ours and panic, but for those
 * at an instruction listed in the fix-up table.
 */
#pragma once

#include "lib/types.h"

/* What arch/trap_entry.S and the processor push, lowest address first. */
struct trap_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8;
	u64 rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector;
	u64 error_code;
	u64 rip, cs, rflags, rsp, ss;
};
static_assert(sizeof(struct trap_frame) == 22 * 8, "matches trap_entry.S");

/* What is no bug of ours. Each is called with interrupts off. */
struct trap_handlers {
	void (*nmi)(u64 rip);	      /* on the NMI stack */
	void (*interrupt)(u8 vector); /* also of the PICs */
	void (*machine_check)(const struct trap_frame *frame);
};

/* Fills the IDTs. Once, on the boot core. of_kernel: stays. */
void trap_init(const struct trap_handlers *of_kernel);

/* Loads the IDT on the calling core, whose TSS must be loaded. */
void trap_load(void);

/* Where the IDT is: a VM exit needs it. */
u64 trap_idt_base(void);

/*
 * Loads, on the calling core, an IDT in which vectors 08h-0Fh and 70h-77h are
 * the PICs' interrupts, not exceptions; trap_load() ends that. Only for a core
 * that does nothing but wait in between.
 */
void trap_load_for_pic(void);

/*
 * Who is called for each #DB, that is after each instruction of the host while
 * its RFLAGS.TF is set; NULL: it is a bug, and panics. For one core alone.
 */
void trap_set_step(void (*step)(struct trap_frame *frame));

/* RDMSR and WRMSR that report a #GP as false instead of panicking. */
bool rdmsr_safe(u32 msr, u64 *value);
bool wrmsr_safe(u32 msr, u64 value);

/* Switches to another stack for good; function must not return. */
void call_on_stack(void (*function)(void), u64 stack_top)
	__attribute__((noreturn));
