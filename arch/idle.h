/* Waiting without burning power. */
#pragma once

#include "lib/types.h"

/*
 * Halts the calling core, interrupts on, until the next interrupt, at most
 * about 1 ms; interrupts are off again on return.
 */
void cpu_relax_idle(void);

/* The same, at most about us microseconds. */
void cpu_relax_idle_us(u64 us);
