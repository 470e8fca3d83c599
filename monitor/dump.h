/* Bytes on the console, in hex. */
#pragma once

#include "lib/types.h"

#define DUMP_ROW_BYTES 16u

/*
 * Prints bytes as lines `mem: ADDRESS: 33 ed ...` of 16, with what they are in
 * ASCII behind them if wanted. address is what the first line shows.
 */
void dump_bytes(u64 address, const void *bytes, size_t n, bool ascii);
