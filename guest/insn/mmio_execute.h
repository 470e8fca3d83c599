/*
 * Executes one instruction that mmio_decode() knows, on the registers and the
 * memory that its caller provides. Pure.
 */
#pragma once

#include "guest/insn/mmio_decode.h"

/* An operand in memory, in one piece or in two where it crosses a page. */
struct mmio_operand {
	struct {
		u64 gpa;
		u8 bytes; /* 0: there is no such piece */
	} piece[2];
};

struct mmio_cpu {
	u64 gpr[16];
	u64 rip; /* of the instruction */
	u64 rflags;
	u64 fs_base, gs_base;
	void *ctx;
	/*
	 * Where an operand is; false if the guest may not reach it so, and the
	 * caller knows what becomes of it. Nothing has been changed then.
	 */
	bool (*locate)(void *ctx, u64 linear, u8 bytes, bool write,
		       struct mmio_operand *operand);
	u64 (*read)(void *ctx, const struct mmio_operand *operand);
	void (*write)(void *ctx, const struct mmio_operand *operand, u64 value);
};

enum mmio_outcome {
	MMIO_DONE,     /* go on behind the instruction */
	MMIO_REPEAT,   /* a step of a REP: RIP stays */
	MMIO_NOT_DONE, /* locate() returned false */
};

enum mmio_outcome mmio_execute(const struct mmio_insn *insn,
			       struct mmio_cpu *cpu);
