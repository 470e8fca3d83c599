/* The memory for traced events, and printing what guests' cores have noted. */
#pragma once

#include "lib/types.h"

/*
 * Room for so many events of each core, empty, in place of what there is. 0 or
 * ERR_NO_MEMORY: then there is none.
 */
int trace_reader_open(u32 events);

/* Prints what is left and gives up the memory. No guest may be running. */
void trace_reader_close(void);

/* Prints what there is to read, and how much found no room. */
void trace_reader_drain(void);

/* Events of each core that there is room for; 0 while nothing is traced. */
u32 trace_reader_room(void);
