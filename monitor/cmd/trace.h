/* The commands trace and break, and printing what guests' cores have noted. */
#pragma once

#include "monitor/command.h"

extern const struct command cmd_trace_commands[];

/*
 * For the command step: single steps besides what trace and break ask for, with
 * room for so many events; 0 steps ends it. As trace_open().
 */
int cmd_trace_steps(u32 steps);

/* Gives up the memory for events, when no guest is to run any more. */
void cmd_trace_close(void);

/* Prints what there is to read, and how much found no room. */
void cmd_trace_drain(void);
