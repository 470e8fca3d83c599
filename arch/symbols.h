/*
 * Names of the kernel's functions, from a table the Makefile links in, and the
 * backtrace by frame pointers.
 */
#pragma once

#include "lib/types.h"

/*
 * The function that holds address and the offset in it; NULL if none does. The
 * name lasts until the next call; one core at a time.
 */
const char *symbols_find(u64 address, u64 *offset);

/*
 * Calls emit with each return address, innermost first, following the frame
 * pointers from rbp as long as they lead up a kernel stack, at most 32.
 */
void symbols_backtrace(u64 rbp, void (*emit)(u64 address));
