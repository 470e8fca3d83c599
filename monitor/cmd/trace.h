/* For the command step, which uses the same rings as trace and break. */
#pragma once

#include "lib/types.h"

/*
 * Turns single steps on, besides what trace and break ask for, with room for
 * that many events; 0 turns them off. Errors as trace_reader_open().
 */
int cmd_trace_steps(u32 steps);
