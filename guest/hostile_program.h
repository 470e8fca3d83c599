/*
 * Short 16-bit programs made to do harm: what a seed and a number stand for,
 * and the shortest part of one that still does what it did. Pure.
 */
#pragma once

#include "guest/bios_regs.h"
#include "guest/far_ptr.h"
#include "lib/types.h"

#define HOSTILE_BYTES_MAX 32u
/* What follows the program in memory: CLI, HLT. */
#define HOSTILE_TAIL_BYTES 2u

/* What the interrupt vectors are when it starts. */
enum hostile_ivt {
	HOSTILE_IVT_BIOS,
	HOSTILE_IVT_RANDOM,
	HOSTILE_IVT_PROGRAM, /* all lead back to the program */
	HOSTILE_IVT_TOP,     /* all are FFFF:FFFF */
	HOSTILE_IVTS,
};

struct hostile_program {
	struct far_ptr at;
	u32 bytes;					 /* without the tail */
	u8 code[HOSTILE_BYTES_MAX + HOSTILE_TAIL_BYTES]; /* with it */
	struct bios_regs regs;				 /* but for CS:EIP */
	enum hostile_ivt ivt;
	u64 ivt_seed;
};

/* Program number `index` of that seed: always the same one. */
void hostile_program_make(struct hostile_program *program, u64 seed, u64 index);

/* Gives it other code, of at most HOSTILE_BYTES_MAX bytes. */
void hostile_program_set_code(struct hostile_program *program, const u8 *code,
			      u32 bytes);

/* Entry `vector` of its IVT; not for HOSTILE_IVT_BIOS. */
struct far_ptr hostile_program_vector(const struct hostile_program *program,
				      u8 vector);

/*
 * Leaves bytes out of a program for which fails() is true as long as it stays
 * true: first the longest runs of bytes, then shorter ones, in the end single
 * ones. No single byte of what is left can go; one stays in any case.
 */
void hostile_program_shrink(struct hostile_program *program,
			    bool (*fails)(void *context,
					  const struct hostile_program *part),
			    void *context);
