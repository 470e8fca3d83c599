/*
 * Executes one instruction that mmio_decode() knows, on the registers and the
 * memory that its caller provides. Pure.
 */
#pragma once

#include "guest/insn/mmio_decode.h"

/* An operand in memory: one piece, or two if it crosses a page. */
struct mmio_operand {
	struct {
		u64 gpa;
		u8 bytes; /* 0: no second piece */
	} piece[2];
};

struct mmio_cpu {
	u64 gpr[16];
	u64 rip; /* of the instruction */
	u64 rflags;
	u64 base[MMIO_SEGMENTS]; /* of segments; MMIO_FLAT's is 0 */
	void *ctx;
	/*
	 * Finds where an operand is; false if the guest may not access it: the
	 * caller's own struct then says what to do. Nothing has been changed
	 * yet.
	 */
	bool (*locate)(void *ctx, u64 linear, u8 bytes, bool write,
		       struct mmio_operand *operand);
	u64 (*read)(void *ctx, const struct mmio_operand *operand);
	void (*write)(void *ctx, const struct mmio_operand *operand, u64 value);
};

enum mmio_outcome {
	MMIO_DONE,     /* done; RIP may move on */
	MMIO_REPEAT,   /* one element of a REP done: RIP stays */
	MMIO_NOT_DONE, /* locate() returned false */
};

enum mmio_outcome mmio_execute(const struct mmio_insn *insn,
			       struct mmio_cpu *cpu);
