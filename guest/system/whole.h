/*
 * The engine `whole`: a system from its first instruction on, on a board of its
 * own. An unrestricted guest that may be in any mode that a processor without
 * long mode has; exceptions are its own, and interrupts are delivered by VM
 * entry.
 */
#pragma once

#include "guest/code16/engine.h"
#include "guest/code16/guest16.h"

extern const struct engine engine_whole;

/* The state of a processor after a reset; on its core, before a run. */
void whole_reset(struct guest16 *guest);
