/*
 * What a person types, on whichever console: bytes as a terminal sends them,
 * kept until somebody reads them, and the wish that what runs shall stop. Any
 * core, interrupts off.
 */
#pragma once

#include "lib/types.h"

#define INPUT_BYTES 16384u /* typed and not read; more is lost */

/*
 * What makes every core look up, be it in HLT or in a guest, for input_break().
 * Boot core, before the first byte.
 */
void input_set_wake(void (*wake_all)(void));

/*
 * A byte has come in. That of Ctrl-C stops what runs, as input_break(), and
 * bytes of 0 are nobody's.
 */
void input_put(u8 byte);

/*
 * Somebody wants what runs to stop: input_interrupted() holds from now on, no
 * guest stays in non-root operation on any core, and what was typed before is
 * dropped.
 */
void input_break(void);

/* The next byte, or -1. A wish to stop reads as the byte of Ctrl-C. */
int input_get(void);

/* Bytes that have not been read. */
size_t input_count(void);

/* input_interrupted()'s; nobody else looks at it. */
extern bool input_interrupt_wanted;

/* Whether what runs shall stop; so it stays until input_clear_interrupt(). */
static inline bool input_interrupted(void)
{
	return __atomic_load_n(&input_interrupt_wanted, __ATOMIC_RELAXED);
}

void input_clear_interrupt(void);

/*
 * While held, input_interrupted() is false, for what has to be put right
 * before a command may stop. Does not nest.
 */
void input_hold_interrupt(bool hold);

/* Notes that bytes have been lost on the way here. */
void input_note_lost(u32 count);

/* How many have been lost, as far as is known, since it was last asked. */
u64 input_take_lost(void);
