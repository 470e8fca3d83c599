/* What the command step shares with trace and break. */
#pragma once

#include "lib/types.h"

/*
 * Single steps besides what trace and break ask for, with room for so many
 * events; 0 steps ends it. As trace_reader_open().
 */
int cmd_trace_steps(u32 steps);
