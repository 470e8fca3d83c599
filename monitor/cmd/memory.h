/* The commands peek, poke and memmap. */
#pragma once

#include "lib/types.h"
#include "monitor/command.h"

extern const struct command cmd_memory_commands[];

/*
 * Prints bytes as lines `mem: ADDRESS: 33 ed ...` of 16, with what they are in
 * ASCII behind them if wanted. address is what the first line shows.
 */
void cmd_memory_dump(u64 address, const void *bytes, size_t n, bool ascii);
