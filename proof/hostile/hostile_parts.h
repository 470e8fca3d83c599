/*
 * What the generators of hostile programs share: numbers out of a state, and
 * code that is put together piece by piece. Pure.
 */
#pragma once

#include "lib/types.h"
#include "proof/hostile/hostile_program.h"

/* A state that neighbouring programs of a seed have nothing in common by. */
u64 hostile_state(u64 seed, u64 index);
u64 hostile_next(u64 *state);
/* 0 to limit - 1. */
u32 hostile_below(u64 *state, u32 limit);

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

/* An address that 64-bit code should not get at, or where it meets an end. */
u64 hostile_address64(u64 *state);

/* Parts of a 64-bit program's image (proof/hostile/hostile_image64.c), by offset. */
#define HOSTILE_IMAGE_GDT 0xc0u
#define HOSTILE_IMAGE_TSS 0x100u
#define HOSTILE_IMAGE_IDT 0x1000u
#define HOSTILE_IMAGE_CODE 0x2000u
#define HOSTILE_IMAGE_CODE_END 0x3000u /* where a page ends */

#define HOSTILE_SELECTOR_CODE 0x08u
#define HOSTILE_SELECTOR_DATA 0x10u
#define HOSTILE_SELECTOR_USER_CODE 0x1bu
#define HOSTILE_SELECTOR_USER_DATA 0x23u
#define HOSTILE_SELECTOR_TSS 0x28u
#define HOSTILE_SELECTOR_CODE32 0x38u

/* The first address that is none. */
#define HOSTILE_NOT_CANONICAL 0x800000000000ull
