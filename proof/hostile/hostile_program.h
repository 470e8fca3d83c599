/*
 * Short programs made to do harm, of 16-bit and of 64-bit code: what a seed and
 * a number stand for, and the shortest part of one that still does what it did.
 * Pure.
 */
#pragma once

#include "guest/bios_regs.h"
#include "guest/far_ptr.h"
#include "lib/types.h"

#define HOSTILE_BYTES_MAX 64u
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

/* And where the IDT of 64-bit code leads. */
enum hostile_idt {
	HOSTILE_IDT_EMPTY,
	HOSTILE_IDT_RANDOM,  /* gates and bases that are none */
	HOSTILE_IDT_PROGRAM, /* back to the program, some on a stack of theirs */
	HOSTILE_IDT_RETURN,  /* to an IRETQ */
	HOSTILE_IDT_TOP,     /* where no code can be */
	HOSTILE_IDTS,
};

struct hostile_program {
	u32 bytes;					 /* without the tail */
	u8 code[HOSTILE_BYTES_MAX + HOSTILE_TAIL_BYTES]; /* with it */
	u64 vectors_seed;

	/* Of 16-bit code. */
	struct far_ptr at;
	struct bios_regs regs; /* but for CS:EIP */
	enum hostile_ivt ivt;

	/* Of 64-bit code. */
	u32 offset; /* in the image */
	bool user;  /* at privilege level 3 */
	bool small_pages;
	u64 gpr[16]; /* in the order of the encoding */
	u64 rflags;
	enum hostile_idt idt;
};

/* Program number `index` of that seed: always the same one. */
void hostile_program16_make(struct hostile_program *program, u64 seed,
			    u64 index);
void hostile_program64_make(struct hostile_program *program, u64 seed,
			    u64 index);

/* Gives it other code, of at most HOSTILE_BYTES_MAX bytes. */
void hostile_program_set_code(struct hostile_program *program, const u8 *code,
			      u32 bytes);

/* Entry `vector` of its IVT; not for HOSTILE_IVT_BIOS. */
struct far_ptr hostile_program16_vector(const struct hostile_program *program,
					u8 vector);

/*
 * What a 64-bit program is to run64: an image for GUEST64_PROGRAM that loads
 * tables of its own, CR0.AM and all registers, and goes to the program.
 * HOSTILE_IMAGE_BYTES of it; entered with RSP at HOSTILE_IMAGE_FRAME of it,
 * the other registers as in gpr.
 */
#define HOSTILE_IMAGE_BYTES 0x3100u
#define HOSTILE_IMAGE_FRAME 0x80u
/* Where RAM ends in a guest of such a program: it is cleared each time. */
#define HOSTILE_RAM_END 0x18000u
void hostile_program64_image(const struct hostile_program *program,
			     u8 image[HOSTILE_IMAGE_BYTES]);

/*
 * Leaves bytes out of a program for which fails() is true as long as it stays
 * true: first the longest runs of bytes, then shorter ones, in the end single
 * ones. No single byte of what is left can go; one stays in any case.
 */
void hostile_program_shrink(struct hostile_program *program,
			    bool (*fails)(void *context,
					  const struct hostile_program *part),
			    void *context);
