/*
 * Short programs of 16-bit and 64-bit code that try to do harm: makes the
 * program for a seed and a number, and finds the shortest part of a program
 * that still does what it did. Pure.
 */
#pragma once

#include "guest/bios_regs.h"
#include "guest/far_ptr.h"
#include "lib/types.h"

#define HOSTILE_BYTES_MAX 64u
/* The code behind the program in memory: CLI, HLT. */
#define HOSTILE_TAIL_BYTES 2u

/* The interrupt vectors at its start. */
enum hostile_ivt {
	HOSTILE_IVT_BIOS,
	HOSTILE_IVT_RANDOM,
	HOSTILE_IVT_PROGRAM, /* all point to the program */
	HOSTILE_IVT_TOP,     /* all are FFFF:FFFF */
	HOSTILE_IVTS,
};

/* Where the IDT of 64-bit code leads. */
enum hostile_idt {
	HOSTILE_IDT_EMPTY,
	HOSTILE_IDT_RANDOM,  /* random gates and bases */
	HOSTILE_IDT_PROGRAM, /* to the program, some with a stack */
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
	struct bios_regs regs; /* CS:EIP is not used */
	enum hostile_ivt ivt;

	/* Of 64-bit code. */
	u32 offset; /* in the image */
	bool user;  /* at privilege level 3 */
	bool small_pages;
	u64 gpr[16]; /* in the order of the encoding */
	u64 rflags;
	enum hostile_idt idt;
};

/* Makes program number `index` of a seed; it is always the same. */
void hostile_program16_make(struct hostile_program *program, u64 seed,
			    u64 index);
void hostile_program64_make(struct hostile_program *program, u64 seed,
			    u64 index);

/* Gives it other code, of at most HOSTILE_BYTES_MAX bytes. */
void hostile_program_set_code(struct hostile_program *program, const u8 *code,
			      u32 bytes);

/* Entry `vector` of the program's IVT; not for HOSTILE_IVT_BIOS. */
struct far_ptr hostile_program16_vector(const struct hostile_program *program,
					u8 vector);

/*
 * Makes the image of a 64-bit program for address GUEST64_PROGRAM,
 * HOSTILE_IMAGE_BYTES long. Its code loads descriptor tables, CR0.AM and all
 * registers, and goes to the program. It is entered with RSP at
 * HOSTILE_IMAGE_FRAME of it, and the other registers as in gpr.
 */
#define HOSTILE_IMAGE_BYTES 0x3100u
#define HOSTILE_IMAGE_FRAME 0x80u
/*
 * The end of RAM in the guest; it is short, because it is cleared for each
 * program.
 */
#define HOSTILE_RAM_END 0x18000u
void hostile_program64_image(const struct hostile_program *program,
			     u8 image[HOSTILE_IMAGE_BYTES]);

/*
 * Shortens a program for which fails() is true, as long as it stays true:
 * leaves out long runs of bytes first, then shorter ones, at last single bytes.
 * In the end no single byte can go, and at least one is left.
 */
void hostile_program_shrink(struct hostile_program *program,
			    bool (*fails)(void *context,
					  const struct hostile_program *part),
			    void *context);
