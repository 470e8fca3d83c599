/*
 * The processor that the emulator of 16-bit instructions works on: registers,
 * and the world outside by callbacks. The emulator is guest/insn/v86_emulate.h.
 */
#pragma once

#include "arch/x86.h"
#include "guest/bios_regs.h"
#include "guest/insn/v86_decode.h"
#include "lib/types.h"

/* The most elements of INS or OUTS with REP that one call does. */
#define V86_REPEAT_MAX 4096u

enum v86_result {
	V86_DONE,   /* executed: the next instruction is at EIP */
	V86_HALT,   /* HLT executed: wait, whatever IF is */
	V86_REPEAT, /* REP not done: call again; interrupts may be taken */
	/*
	 * The instruction raises machine.vector, to be delivered by
	 * v86_deliver(). EIP is at the instruction, and nothing has changed,
	 * except that a REP may have done whole elements.
	 */
	V86_EXCEPTION,
	V86_PROTECTED_MODE, /* it sets CR0.PE; nothing has changed */
	V86_UNSUPPORTED,    /* not emulated: the fault is the guest's */
	V86_REFUSED,	    /* an op returned false; else as V86_EXCEPTION */
	V86_SHUTDOWN,	    /* a triple fault: no exception can be delivered */
};

/*
 * The world outside. Linear addresses are segment * 16 + offset, at most
 * 10FFEEh (the ops apply A20), and for the IVT what IDTR says. An op that
 * returns false cannot do the access: see V86_REFUSED.
 */
struct v86_machine_ops {
	/*
	 * Code at linear: returns where it can be read, and in *count how many
	 * bytes. NULL, or if those are too few: read8 is called. The op itself
	 * may be NULL.
	 */
	const u8 *(*code)(void *context, u32 linear, u32 *count);
	/* Called if machine.segments_unread: sets all six segments but CS. */
	void (*segments)(void *context, struct bios_regs *regs);
	bool (*read8)(void *context, u32 linear, u8 *value);
	/* Called for every byte before the first one is written. */
	bool (*writable)(void *context, u32 linear);
	void (*write8)(void *context, u32 linear, u8 value);
	/* bytes: 1, 2 or 4; only the lowest `bytes` of value matter. */
	bool (*in)(void *context, u16 port, unsigned bytes, u32 *value);
	bool (*out)(void *context, u16 port, unsigned bytes, u32 value);
	/* False raises #GP. */
	bool (*rdmsr)(void *context, u32 index, u64 *value);
	bool (*wrmsr)(void *context, u32 index, u64 value);
	/* regs: EAX and ECX in; EAX, EBX, ECX, EDX out. */
	void (*cpuid)(void *context, u32 regs[4]);
};

struct v86_table_register {
	u32 base;
	u16 limit;
};

/*
 * CR0, CR4 and DR0-7 hold what the program reads and wrote; the caller decides
 * whether a bit has an effect (CR0.TS and EM, CR4.OSFXSR, breakpoints). CR0.PE
 * is never set, CR0.ET always. With DR7.GD set, MOV of a debug register raises
 * #DB, and then DR6.BD is set and DR7.GD clear; nothing else changes.
 */
struct v86_machine {
	struct bios_regs regs;
	u32 cr0, cr2, cr3, cr4;
	u32 dr[8]; /* 4 and 5 are not used */
	struct v86_table_register gdtr, idtr;
	/*
	 * In: regs holds CS, but not the other segments, because few
	 * instructions need them.
	 */
	bool segments_unread;
	bool interrupt_shadow; /* in: by STI or MOV SS; out: STI executed */
	/*
	 * Out: a #DB is due, because TF was set before an instruction that is
	 * now complete (DR6.BS is set already). A POPF or IRET that sets TF
	 * does not trap, and INT n clears TF.
	 */
	bool single_step;
	u8 vector; /* of V86_EXCEPTION */
	const struct v86_machine_ops *ops;
	void *context; /* for ops */
};

/* All 0, except CR0.ET, DR6, DR7, EFLAGS bit 1, and an IVT at 0-3FFh. */
void v86_machine_init(struct v86_machine *m, const struct v86_machine_ops *ops,
		      void *context);

/* For the emulator: an exception, for the caller to deliver. */
static inline enum v86_result v86_machine_raise(struct v86_machine *m,
						u8 vector)
{
	m->vector = vector;
	return V86_EXCEPTION;
}

/*
 * For the emulator: ends an instruction. EIP moves behind it, and the interrupt
 * shadow is over.
 */
static inline enum v86_result v86_machine_complete(struct v86_machine *m,
						   const struct v86_insn *insn)
{
	m->regs.eip += insn->length;
	m->regs.eflags &= ~(u32)RFLAGS_RF;
	m->interrupt_shadow = false;
	return V86_DONE;
}
