/*
 * A guest of 16-bit code: its vcpu, its memory and the engine that runs it.
 * Everything that does not depend on the engine is here.
 */
#pragma once

#include "guest/bios_regs.h"
#include "guest/board/board.h"
#include "guest/memory/guest_memory.h"
#include "guest/code16/smm_state.h"
#include "guest/insn/v86_emulate.h"
#include "guest/watch/watch.h"
#include "lib/types.h"
#include "vmm/vcpu.h"

struct access_counts;
struct engine;

#define GUEST16_CODE_BYTES 16

struct guest16 {
	struct vcpu vcpu; /* first: handlers get from it to this */
	const struct engine *engine;
	struct access_counts *access_counts; /* its core's */
	struct guest_memory memory;
	struct board board;
	bool vme; /* virtual-8086: the processor redirects INT n */
	struct smm_call smm_call;
	bool hlt_ends; /* HLT with interrupts off is a proper end, too */
	void *caller;  /* the code there, in a page that stays */
	/*
	 * Real mode: the code may have changed control registers, descriptor
	 * tables or segment limits (guest/code16/engine_setup.c).
	 */
	bool system_changed;
	/*
	 * Between calls: the last one came back, with these selectors and all
	 * else in the VMCS as a call begins, but for what
	 * guest16_begin_next_call() writes. What changes more than that says so
	 * by guest16_forget_call().
	 */
	bool kept;
	struct guest16_selectors {
		u32 ss, ds, fs, gs, es; /* CS is vcpu.return_cs */
	} selectors;
	bool awaits_window; /* an interrupt waits: guest/code16/guest16_irq.c */
	u8 end_code[GUEST16_CODE_BYTES]; /* at CS:IP, as a run went wrong */
	struct guest_watch watch;
	/* What a virtual-8086 guest believes of the system registers. */
	struct v86_machine program;
};

/*
 * Makes a guest on the calling core, which must be in VMX operation, and loads
 * it. vme: let virtual-8086 mode redirect INT n in hardware where it can.
 * Returns 0, ERR_NO_MEMORY, or ERR_UNSUPPORTED where the processor lacks
 * something that this engine needs (logged by name).
 */
int guest16_init(struct guest16 *guest, const struct engine *engine,
		 const struct board_kind *board, bool vme);
void guest16_free(struct guest16 *guest);

/*
 * Before a run: the registers, in the mode the engine starts with, but for CS,
 * which is vcpu.return_cs, and EIP, which is `ip`; and in short where
 * guest->kept. After one that has come back: the registers, CS and EIP 0.
 */
void guest16_begin_call(struct guest16 *guest, const struct bios_regs *regs,
			u16 ip);
void guest16_begin_next_call(struct guest16 *guest,
			     const struct bios_regs *regs, u16 ip);
void guest16_end_call(struct guest16 *guest, struct bios_regs *regs);

/* The next call finds nothing as this one left it. */
static inline void guest16_forget_call(struct guest16 *guest)
{
	guest->kept = false;
	vcpu_unsettle(&guest->vcpu);
}

/* All sixteen registers, to and from the loaded guest, whatever its mode. */
void guest16_set_regs(struct guest16 *guest, const struct bios_regs *regs);
void guest16_get_regs(struct guest16 *guest, struct bios_regs *regs);

/*
 * The same in two parts: of an instruction that is emulated, few need a segment
 * but CS, and none changes another.
 */
void guest16_get_regs_and_cs(const struct guest16 *guest,
			     struct bios_regs *regs);
void guest16_get_other_segments(const struct guest16 *guest,
				struct bios_regs *regs);
void guest16_set_regs_and_cs(struct guest16 *guest,
			     const struct bios_regs *regs);

/*
 * Acts as INT n or an interrupt at the guest's present CS:IP: FLAGS, CS and IP
 * go on its stack, IF, TF and AC are cleared, CS:IP comes from the IVT. The
 * stack pointer wraps within 16 bits. Not for code in protected mode.
 */
void guest16_enter_vector(struct guest16 *guest, u8 vector);

/* Acts as a far call from the guest's present CS:IP. */
void guest16_call_far(struct guest16 *guest, u16 segment, u16 offset)
	__attribute__((noinline));

/* Whether the guest has switched to protected mode of its own. */
bool guest16_in_protected_mode(const struct guest16 *guest);

/* The byte of code at CS:IP + index; 0 where there is no memory. */
u8 guest16_code_byte(struct guest16 *guest, u32 index);
