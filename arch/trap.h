/*
 * The host's exceptions and interrupts: the IDT, which all cores share, and the
 * handlers. An exception is a bug of ours and panics, unless its instruction is
 * in the fix-up table.
 */
#pragma once

#include "lib/types.h"

/*
 * The stack frame that arch/trap_entry.S and the processor push, lowest address
 * first.
 */
struct trap_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8;
	u64 rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector;
	u64 error_code;
	u64 rip, cs, rflags, rsp, ss;
};
static_assert(sizeof(struct trap_frame) == 22 * 8, "matches trap_entry.S");

/* Handlers of what is no bug. Each is called with interrupts off. */
struct trap_handlers {
	void (*nmi)(u64 rip);	      /* on the NMI stack */
	void (*interrupt)(u8 vector); /* those of the PICs, too */
	void (*machine_check)(const struct trap_frame *frame);
};

/* Fills the IDTs. Once, on the boot core. *of_kernel must stay valid. */
void trap_init(const struct trap_handlers *of_kernel);

/* Loads the IDT on the calling core, whose TSS must be loaded. */
void trap_load(void);

/* The IDT's address, which VM exits load. */
u64 trap_idt_base(void);

/*
 * Loads, on the calling core, an IDT in which vectors 08h-0Fh and 70h-77h are
 * interrupts of the PICs and not exceptions, until trap_load(). Only for a core
 * that just waits in between.
 */
void trap_load_for_pic(void);

/*
 * Sets the function that is called for each #DB: with RFLAGS.TF set, after each
 * instruction of the host. NULL: a #DB is a bug and panics. For one core only.
 */
void trap_set_step(void (*step)(struct trap_frame *frame));

/* RDMSR and WRMSR; they return false if the instruction raises #GP. */
bool rdmsr_safe(u32 msr, u64 *value);
bool wrmsr_safe(u32 msr, u64 value);

/* Calls function on another stack. The function must not return. */
void call_on_stack(void (*function)(void), u64 stack_top)
	__attribute__((noreturn));
