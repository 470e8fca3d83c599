/*
 * Events as lines for a person: see docs/tracing.md. Pure; the boot core prints
 * what comes out.
 */
#pragma once

#include "lib/types.h"
#include "vmm/trace_ring.h"

#define TRACE_LINE_MAX 256

/* Of a core: the step whose result is in the next event. */
struct trace_format {
	struct trace_event step;
	bool has_step;
	u32 repeated; /* a string instruction, so many more times */
	u64 next;     /* the number that the next step must have */
};

/*
 * The line for an event, without "trace: " and newline; 0 where it has none
 * (the first of a series of steps), else its length.
 */
size_t trace_format(struct trace_format *state, u32 core,
		    const struct trace_event *event, char *text, size_t size);

/*
 * Bytes of the instruction that begins at code, if it is one that may go
 * elsewhere (jumps, calls, returns, INT, LOOP); 0: it is none.
 */
u32 trace_branch_bytes(const u8 code[TRACE_CODE_BYTES]);

/* "io", "int", "exits", "irq" ...: what a kind of event is called. */
const char *trace_kind_name(enum trace_kind kind);
