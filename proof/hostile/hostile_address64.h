/* Addresses that 64-bit hostile programs try. Pure. */
#pragma once

#include "lib/types.h"

/* The lowest address that is not canonical. */
#define HOSTILE_NOT_CANONICAL 0x800000000000ull

/* An address that 64-bit code should not reach, or where something ends. */
u64 hostile_address64(u64 *state);
