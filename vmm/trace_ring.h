/*
 * What a trace is made of: events, and a bounded ring of them for each core.
 * The core that runs the guest writes, the boot core reads, and neither waits
 * for the other: an event that finds the ring full is dropped and counted.
 * Pure.
 */
#pragma once

#include "lib/types.h"

enum trace_kind {
	TRACE_IO,	  /* a port was read or written */
	TRACE_INT,	  /* INT n */
	TRACE_INT_RETURN, /* it returned, or never will */
	TRACE_IRQ,	  /* an interrupt was delivered to the guest */
	TRACE_EXIT,	  /* a VM exit, after the host was done with it */
	TRACE_STEP,	  /* the guest is about to execute an instruction */
	TRACE_BREAK,	  /* the same, at a breakpoint */
	TRACE_NOTE,	  /* from here on something cannot be seen */
	TRACE_MMIO,	  /* memory-mapped I/O was read or written */
	TRACE_EXCEPTION,  /* an exception is about to be delivered */
	TRACE_KINDS,
};
#define TRACE_BIT(kind) (1u << (kind))

/* trace_event.flags, by kind. */
#define TRACE_IO_IN 0x01u /* of TRACE_MMIO too */
#define TRACE_IO_STRING 0x02u
#define TRACE_IO_POLL 0x04u  /* a status: folds whatever is read */
#define TRACE_INT_LOST 0x01u /* TRACE_INT_RETURN: its frame is gone */
#define TRACE_INT_HOST 0x02u /* the hypervisor does the service itself */

enum trace_note {
	TRACE_NOTE_PROTECTED_MODE, /* the guest has set CR0.PE */
	TRACE_NOTE_REAL_MODE,	   /* and cleared it */
	TRACE_NOTE_STEPS_END,	   /* as many as were asked for */
};

#define TRACE_CODE_BYTES 15
#define TRACE_REGS 16 /* in the order of struct bios_regs */

struct trace_event {
	u64 tsc;   /* ticks since the run began */
	u64 ticks; /* duration: TRACE_EXIT, TRACE_INT_RETURN */
	u64 ip;	   /* of the instruction, or of the interrupted one */
	u16 cs;
	u8 kind;
	u8 flags;
	u32 count; /* how often in a row; of strings: elements */
	u8 depth;  /* how many INTs are open */
	u8 vector; /* or line of an interrupt, breakpoint number, trace_note */
	u16 changed; /* TRACE_INT_RETURN: bit n: regs[n] is not as it was */
	union {
		struct {
			u16 port;
			u8 bytes;
			u32 value;
			u32 last; /* the last value of those counted in one */
			u16 segment; /* of the memory operand of a string */
			u32 offset;
		} io;
		struct {
			u64 address; /* guest-physical */
			u64 value;
			u8 bytes; /* 1 to 8 */
		} mmio;
		struct {
			u64 address; /* of #PF */
			u32 error_code;
			bool has_code;
		} exception;
		struct {
			u32 reason;
			u32 info; /* VM-exit interruption information */
			u64 qualification;
		} exit;
		u32 regs[TRACE_REGS];
	};
	u8 code[TRACE_CODE_BYTES + 1]; /* at CS:IP; TRACE_STEP, TRACE_BREAK */
};
static_assert(sizeof(struct trace_event) == 120, "memory for a ring");

struct trace_ring {
	struct trace_event *slots;
	u32 size;
	/*
	 * Events since the ring was made. The writer's two counters, then the
	 * reader's.
	 */
	u64 reserved;
	u64 published;
	u64 read;
	u64 folds_from;	       /* no event before this one may be folded into */
	u64 dropped;	       /* events for which there was no room */
	u64 seen[TRACE_KINDS]; /* all that came, dropped ones included */
};

/* size must not be 0. */
void trace_ring_init(struct trace_ring *ring, struct trace_event *slots,
		     u32 size);

/*
 * For the writer. add() makes room for an event of that kind and returns it,
 * zero but for the kind and a count of 1; NULL if the ring is full. The reader
 * sees it only after publish() or flush(). fold() is for an event that may
 * repeat the last one, or read the same status again: if so, it is counted in
 * the last event, and the function returns true. publish() keeps back a last
 * event that may still be folded into; flush() does not.
 */
struct trace_event *trace_ring_add(struct trace_ring *ring,
				   enum trace_kind kind);
bool trace_ring_fold(struct trace_ring *ring, const struct trace_event *event);
void trace_ring_publish(struct trace_ring *ring);
void trace_ring_flush(struct trace_ring *ring);

/* For the reader: copies the oldest event; false if there is none. */
bool trace_ring_take(struct trace_ring *ring, struct trace_event *event);
u64 trace_ring_dropped(const struct trace_ring *ring);
