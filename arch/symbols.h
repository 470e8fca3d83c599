/*
 * The names of the kernel's functions, from a table that the Makefile links in,
 * and backtraces by frame pointers.
 */
#pragma once

#include "lib/types.h"

/*
 * The name of the function at an address, and the offset in it; NULL if there
 * is none. The name is valid until the next call; one core at a time.
 */
const char *symbols_find(u64 address, u64 *offset);

/*
 * Calls emit with each return address, innermost first. Follows the frame
 * pointers from rbp as long as they lead up a kernel stack, at most 32.
 */
void symbols_backtrace(u64 rbp, void (*emit)(u64 address));
