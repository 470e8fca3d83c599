/*
 * The guest of the command soak, to be copied to offset 0 of a segment and
 * called there by bios_far_call() again and again.
 *
 * Hooks INT 1Ch to count what comes there (the vector stays so), sets the PIT's
 * period to BX and waits, with HLT if DL is 1, until ECX more have been
 * counted. Returns with interrupts off
 *
 *	EAX	all counted since the program was copied
 *	ECX	those of this call
 *	EDX	by how much the tick count at 40:6C has gone on in this call
 *	EDI	what the TSC's low half has gone on
 */
#pragma once

#include "guest/bios/snippets.h"

extern const struct snippet soak_snippet;
