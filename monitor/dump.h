/* Prints bytes in hex. */
#pragma once

#include "lib/types.h"

#define DUMP_ROW_BYTES 16u

/*
 * Prints bytes as lines `mem: ADDRESS: 33 ed ...` of 16, with their ASCII
 * behind if wanted. address: that of the first line.
 */
void dump_bytes(u64 address, const void *bytes, size_t n, bool ascii);
