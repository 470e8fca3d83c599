/* The random numbers that hostile programs are made from. Pure. */
#pragma once

#include "lib/types.h"

/*
 * The state for program number `index` of a seed. The states of neighbouring
 * programs have nothing in common.
 */
u64 hostile_state(u64 seed, u64 index);
u64 hostile_next(u64 *state);
/* 0 to limit - 1. */
u32 hostile_below(u64 *state, u32 limit);
