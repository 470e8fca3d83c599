/*
 * Writes events as lines for a person: see docs/tracing.md. Pure; the boot core
 * prints the lines.
 */
#pragma once

#include "lib/types.h"
#include "vmm/trace_ring.h"

#define TRACE_LINE_MAX 256

/* State of a core's lines: the last step, whose result is in the next event. */
struct trace_format {
	struct trace_event step;
	bool has_step;
	u32 repeated; /* further elements of the string instruction */
	u64 next;     /* the number that the next step must have */
};

/*
 * Writes the line for an event, without "trace: " and newline. Returns its
 * length, or 0 if the event has no line (the first of a series of steps).
 */
size_t trace_format(struct trace_format *state, u32 core,
		    const struct trace_event *event, char *text, size_t size);

/*
 * The length of the instruction at code, if it is one that may jump (jumps,
 * calls, returns, INT, LOOP); else 0.
 */
u32 trace_branch_bytes(const u8 code[TRACE_CODE_BYTES]);

/* The name of a kind of event: "io", "int", "exits", "irq" ... */
const char *trace_kind_name(enum trace_kind kind);
