/*
 * Puts the code of a hostile program together piece by piece; for the
 * generators of such programs. Pure.
 */
#pragma once

#include "lib/types.h"
#include "proof/hostile/hostile_program.h"

/* These add to the program; what does not fit is left out. */
void hostile_append(struct hostile_program *p, const u8 *bytes, u32 count);
void hostile_append_number(struct hostile_program *p, u64 value, u32 bytes);
void hostile_append_random(struct hostile_program *p, u64 *state, u32 count);

/*
 * Adds one entry of a list: each is a length and that many bytes; 0 ends the
 * list.
 */
void hostile_append_one_of(struct hostile_program *p, u64 *state,
			   const u8 *list);

/*
 * Adds an entry of `more`, or a privileged instruction that code of all modes
 * has.
 */
void hostile_append_privileged(struct hostile_program *p, u64 *state,
			       const u8 *more);

/*
 * Adds MOV ECX, index and RDMSR or WRMSR. In 16-bit code the caller has added
 * 66h.
 */
void hostile_append_msr(struct hostile_program *p, u64 *state, u32 index);

/* Up to `most` legacy prefixes. */
void hostile_append_prefixes(struct hostile_program *p, u64 *state, u32 most);

/* Adds one piece of a kind. Both generators use: bytes, INT n, a loop. */
typedef void hostile_piece(struct hostile_program *p, u64 *state);
hostile_piece hostile_append_bytes, hostile_append_interrupt,
	hostile_append_loop;

/* Adds some pieces of random kinds, and ends the program. */
void hostile_append_pieces(struct hostile_program *p, u64 *state,
			   hostile_piece *const *kinds, u32 count);
