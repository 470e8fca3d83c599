/*
 * The processor that the emulator of 16-bit instructions works on: registers,
 * and the world outside by callbacks. The emulator is guest/insn/v86_emulate.h.
 */
#pragma once

#include "arch/x86.h"
#include "guest/bios_regs.h"
#include "guest/insn/v86_decode.h"
#include "lib/types.h"

/* INS and OUTS with REP do so many elements in one call. */
#define V86_REPEAT_MAX 4096u

enum v86_result {
	V86_DONE,   /* executed: EIP is where to go on */
	V86_HALT,   /* HLT: EIP is behind it; wait, whatever IF says */
	V86_REPEAT, /* REP goes on: EIP is at it, interrupts may be taken */
	/*
	 * It raises machine.vector; EIP is at it and nothing has changed, but
	 * that REP may have done whole elements. Pass on by v86_deliver().
	 */
	V86_EXCEPTION,
	V86_PROTECTED_MODE, /* it would set CR0.PE; nothing has changed */
	V86_UNSUPPORTED,    /* not emulated here: a fault is the guest's own */
	V86_REFUSED,  /* an op returned false; otherwise as V86_EXCEPTION */
	V86_SHUTDOWN, /* no exception can be delivered: a triple fault */
};

/*
 * The world outside. Linear addresses are segment * 16 + offset, at most
 * 10FFEEh (A20 is not this module's business), except that the IVT's are where
 * IDTR says. False: the access is impossible; see V86_REFUSED.
 */
struct v86_machine_ops {
	/*
	 * Code that can be read at linear, *count bytes of it; NULL or fewer
	 * than there are: read8 is asked. May be NULL.
	 */
	const u8 *(*code)(void *context, u32 linear, u32 *count);
	/* Where machine.segments_unread: sets all six but CS. */
	void (*segments)(void *context, struct bios_regs *regs);
	bool (*read8)(void *context, u32 linear, u8 *value);
	/* Asked of every byte before the first is written. */
	bool (*writable)(void *context, u32 linear);
	void (*write8)(void *context, u32 linear, u8 value);
	/* bytes: 1, 2 or 4. Of value the lowest `bytes` count. */
	bool (*in)(void *context, u16 port, unsigned bytes, u32 *value);
	bool (*out)(void *context, u16 port, unsigned bytes, u32 value);
	/* False is #GP. */
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
 * CR0, CR4 and DR0-7 are what the program reads and wrote; whether a bit of
 * them (CR0.TS and EM, CR4.OSFXSR, breakpoints) has an effect is up to the
 * caller. CR0.PE is never set, CR0.ET always. With DR7.GD set, MOV of a debug
 * register is #DB, and the one thing that changes then is that DR6.BD becomes
 * set and DR7.GD clear.
 */
struct v86_machine {
	struct bios_regs regs;
	u32 cr0, cr2, cr3, cr4;
	u32 dr[8]; /* 4 and 5 are not used */
	struct v86_table_register gdtr, idtr;
	/* In: of the segments regs has CS alone, for few instructions need more. */
	bool segments_unread;
	bool interrupt_shadow; /* in: of STI or MOV SS; out: STI was executed */
	/*
	 * Out: TF was set before an instruction that is now complete, so that
	 * #DB is due (DR6.BS is set already). POPF and IRET that set TF do not
	 * trap themselves, and INT n drops it.
	 */
	bool single_step;
	u8 vector; /* of V86_EXCEPTION */
	const struct v86_machine_ops *ops;
	void *context; /* for ops */
};

/* Zero, but for CR0.ET, DR6, DR7, EFLAGS bit 1 and the IVT at 0-3FFh. */
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
