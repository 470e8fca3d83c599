/*
 * Executes an instruction as a processor in real mode would, for a guest in
 * virtual-8086 mode that faulted (#GP, #SS) or exited on it. Pure: it works on
 * struct v86_machine and reaches everything else through v86_machine_ops.
 *
 * The caller copies the guest's registers in, calls v86_step(), acts on the
 * result, and copies them back.
 *
 * Flags. regs.eflags holds what a real-mode program has in EFLAGS, at what is
 * privilege level 0 to it: IF, IOPL and NT are the program's own. What the
 * processor runs with (VM, its IOPL) is the caller's to add. PUSHF, INT n and
 * interrupts show bits 14-12 as the program set them and bit 15 as 0, as every
 * processor since the 80386 does; POPF and IRET set them. VM, RF, VIF and VIP
 * are in no image; VM, VIF and VIP keep their values. Where the processor's
 * IOPL is 3, PUSHF and POPF that do not fault show 3 instead: a caller that
 * wants the program's IOPL to last keeps it apart and puts it back in.
 *
 * Stack and limits. Every access lies within offsets 0-FFFFh as a whole, or it
 * is #SS (by SS) or #GP (the others). So SP steps from 0 to FFFEh, and back,
 * but a word pushed with SP = 1, or popped with SP = FFFFh, is #SS; ESP's upper
 * half stays as it is. An instruction that ends at FFFFh leaves EIP = 10000h;
 * one that would go on behind FFFFh, or begin there, is #GP.
 */
#pragma once

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

/*
 * Fetches the instruction at CS:EIP, decodes and emulates it. INT n, INT3 and
 * INTO are done when it returns. INVD, WBINVD and INVLPG do nothing. Besides
 * what the instruction itself gives: V86_EXCEPTION with #GP for one that is too
 * long or passes FFFFh, V86_UNSUPPORTED for one that the decoder does not know,
 * V86_REFUSED where the code cannot be read.
 */
enum v86_result v86_step(struct v86_machine *m);

/*
 * Takes an interrupt or exception: FLAGS, CS and return_ip to the stack; IF,
 * TF and AC cleared; CS:IP from the IVT, where IDTR says. An exception's
 * return_ip is regs.eip. Ends the interrupt shadow and a due single step.
 * Returns V86_DONE, V86_SHUTDOWN, or V86_REFUSED with nothing changed.
 */
enum v86_result v86_deliver(struct v86_machine *m, u8 vector, u16 return_ip);
