/* Waiting without burning power. */
#pragma once

/*
 * Halts the calling core, interrupts on, until the next interrupt, at most
 * about 1 ms; interrupts are off again on return.
 */
void cpu_relax_idle(void);
