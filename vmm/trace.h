/*
 * The cores' rings of trace events. They exist while something is traced: the
 * boot core opens and closes them while no guest runs. A guest's core writes to
 * its own ring between vcpu_load() and the end of a run, interrupts off.
 */
#pragma once

#include "vmm/trace_ring.h"

struct vcpu;

/*
 * A bit of struct vcpu's trace besides TRACE_BIT(kind): ops->resuming is
 * called.
 */
#define TRACE_WATCHED 0x80000000u

#define TRACE_RING_EVENTS 1024u
#define TRACE_RING_EVENTS_MAX 65536u

/*
 * Gives every core an empty ring of that many events. After ERR_NO_MEMORY no
 * core has a ring.
 */
int trace_open(u32 events);
void trace_close(void);

/* The ring of core `index`; NULL while the rings are closed. */
struct trace_ring *trace_ring_of(u32 index);

/*
 * Notes an event, on the guest's core, if vcpu->trace asks for its kind.
 * trace_add() returns the new event in the calling core's ring, with kind,
 * time, CS and IP filled in, or NULL if the ring is full. trace_add_io() is for
 * TRACE_IO and TRACE_MMIO: an event like the last one is only counted there.
 */
struct trace_event *trace_add(struct vcpu *vcpu, enum trace_kind kind);
void trace_add_io(struct vcpu *vcpu, const struct trace_event *event);

/* Let the reader see the new events: after an exit, and at the end of a run. */
void trace_publish(void);
void trace_flush(void);
