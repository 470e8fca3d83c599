/*
 * Small 16-bit programs that the kernel carries with it, to be copied into a
 * guest and called by bios_far_call(). They may stand at any address.
 */
#pragma once

#include "lib/types.h"

struct snippet {
	const u8 *code;
	size_t bytes;
};

/* Counts ECX down to 0, by two instructions a step; changes nothing else. */
extern const struct snippet snippet_delay;

/*
 * Sets the byte at DS:BX + 1 to 1 ("I am here"), then waits until the byte at
 * DS:BX is no longer 0.
 */
extern const struct snippet snippet_wait;
