/* Makes room for traced events, and prints what guests' cores have noted. */
#pragma once

#include "lib/types.h"

/*
 * Makes an empty ring of that many events for each core, in place of the old
 * ones. 0 or ERR_NO_MEMORY: then there are none.
 */
int trace_reader_open(u32 events);

/* Prints what is left and frees the memory. No guest may be running. */
void trace_reader_close(void);

/* Prints all events so far, and how many were dropped. */
void trace_reader_drain(void);

/* The room for events of each core; 0 while nothing is traced. */
u32 trace_reader_room(void);
