/*
 * Puts the code of a hostile program together piece by piece; for the
 * generators of such programs. Pure.
 */
#pragma once

#include "lib/types.h"
#include "proof/hostile/hostile_program.h"

/* What does not fit any more is left out. */
void hostile_append(struct hostile_program *p, const u8 *bytes, u32 count);
void hostile_append_number(struct hostile_program *p, u64 value, u32 bytes);
void hostile_append_random(struct hostile_program *p, u64 *state, u32 count);

/* One of a list: each entry is its length and so many bytes; 0 ends it. */
void hostile_append_one_of(struct hostile_program *p, u64 *state,
			   const u8 *list);

/* The same out of `more` or of those that code of all modes has. */
void hostile_append_privileged(struct hostile_program *p, u64 *state,
			       const u8 *more);

/* MOV ECX, that MSR; RDMSR or WRMSR. 16-bit code has a 66h before it. */
void hostile_append_msr(struct hostile_program *p, u64 *state, u32 index);

/* Up to `most` legacy prefixes. */
void hostile_append_prefixes(struct hostile_program *p, u64 *state, u32 most);

/* What a program is put together of. Of both kinds: bytes, INT n, a loop. */
typedef void hostile_piece(struct hostile_program *p, u64 *state);
hostile_piece hostile_append_bytes, hostile_append_interrupt,
	hostile_append_loop;

/* Some pieces, each of any of the kinds. */
void hostile_append_pieces(struct hostile_program *p, u64 *state,
			   hostile_piece *const *kinds, u32 count);
